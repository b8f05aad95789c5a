from dataclasses import replace
from datetime import date

import pytest

from console import drafts
from console.drafts import filled_in, written
from knowledge.errors import UnreadableDocument
from knowledge.records import digest
from knowledge.types import Disclosure, Document, Kind, Validity

WHOLE = Document(
    id="n-云政-2026-3",
    title="低保办法",
    text="# 总则\n第一条 甲。",
    digest="",
    issuer="县民政局",
    number="云政〔2026〕3号",
    published_on=date(2026, 3, 1),
    effective_on=date(2026, 4, 1),
    expires_on=date(2031, 4, 1),
    url="https://www.example.gov.cn/1",
    validity=Validity.NOT_YET_EFFECTIVE,
    disclosure=Disclosure.ON_REQUEST,
    kind=Kind.GUIDE,
    topic="社会救助",
    department="县民政局",
    successor="甲",
    interprets="乙",
    disclosure_reason="涉及内部流程",
)


def test_what_is_filled_in_comes_back_as_it_was() -> None:
    back = written(filled_in(WHOLE), document_id=WHOLE.id)
    assert replace(back, digest="") == WHOLE
    assert digest(back) == digest(WHOLE)


def test_a_new_text_gets_the_id_that_an_import_would_give_it() -> None:
    fields = filled_in(WHOLE)
    assert written(fields).id == "n-云政-2026-3"
    named = written(fields | {"number": ""})
    assert named.id.startswith("t-")
    assert named.id == written(fields | {"number": "", "text": "另一段"}).id


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"title": " "}, "没有标题"),
        ({"text": ""}, "正文为空"),
        ({"published_on": "昨天"}, "不是日期"),
        ({"validity": "大概有效"}, "不在可用的值"),
        ({"url": "javascript:alert(1)"}, "http"),
        ({"text": "字" * (drafts.LONGEST_TEXT + 1)}, "文件导入"),
    ],
)
def test_what_is_wrong_is_said(wrong: dict[str, str], reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        written(filled_in(WHOLE) | wrong)
