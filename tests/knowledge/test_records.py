from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import UnreadableDocument
from knowledge.records import as_of, by_field, digest, read_record
from knowledge.types import Disclosure, Document, Kind, Validity

FULL = {
    "id": "d1",
    "title": "低保办法",
    "text": "第一条 为了规范。",
    "issuer": "浚县民政局",
    "number": "浚民〔2026〕5号",
    "published_on": "2026-02-10",
    "effective_on": "2026年3月1日",
    "expires_on": "2031/2/28",
    "url": "https://example.invalid/1",
    "validity": "已废止",
    "disclosure": "依申请公开",
    "kind": "解读",
    "topic": "社会救助",
    "department": "民政局",
    "successor": "浚民〔2027〕1号",
    "interprets": "浚政〔2026〕1号",
}


def read(**values: object) -> Document:
    return read_record({"title": "低保办法", "text": "正文。", **values}, fallback_id="spare")


def refusal(**values: object) -> str:
    with pytest.raises(UnreadableDocument) as refused:
        read(**values)
    return refused.value.reason


def test_a_full_record_becomes_a_document() -> None:
    document = read_record(FULL, fallback_id="spare")

    assert document == Document(
        id="d1",
        title="低保办法",
        text="第一条 为了规范。",
        digest=document.digest,
        issuer="浚县民政局",
        number="浚民〔2026〕5号",
        published_on=date(2026, 2, 10),
        effective_on=date(2026, 3, 1),
        expires_on=date(2031, 2, 28),
        url="https://example.invalid/1",
        validity=Validity.REPEALED,
        disclosure=Disclosure.ON_REQUEST,
        kind=Kind.INTERPRETATION,
        topic="社会救助",
        department="民政局",
        successor="浚民〔2027〕1号",
        interprets="浚政〔2026〕1号",
    )


def test_what_a_record_does_not_say_is_plain() -> None:
    document = read()

    assert document == Document("spare", "低保办法", "正文。", document.digest)
    assert (document.validity, document.disclosure, document.kind) == (
        Validity.IN_FORCE,
        Disclosure.PROACTIVE,
        Kind.POLICY,
    )


def test_chinese_labels_are_understood() -> None:
    document = read_record(
        {
            "编号": 7,
            "标题": "低保办法",
            "正文": "正文。",
            "发文机关": "民政局",
            "发文字号": "浚民〔2026〕5号",
            "发布日期": date(2026, 2, 10),
            "生效日期": datetime(2026, 3, 1, 8),  # noqa: DTZ001  as a reader of YAML or a table gives it
            "有效性": "废止",
            "公开属性": "不予公开",
            "类型": "部门规章",
            "网址": "www.example.invalid",
        },
        fallback_id="spare",
    )

    assert (document.id, document.title, document.text) == ("7", "低保办法", "正文。")
    assert (document.issuer, document.number) == ("民政局", "浚民〔2026〕5号")
    assert (document.published_on, document.effective_on) == (date(2026, 2, 10), date(2026, 3, 1))
    assert (document.validity, document.disclosure) == (Validity.REPEALED, Disclosure.WITHHELD)
    assert (document.kind, document.url) == (Kind.POLICY, "www.example.invalid")


@pytest.mark.parametrize("member", list(Validity))
def test_status_is_validity(member: Validity) -> None:
    assert read(status=member.value).validity is member


def test_without_an_id_the_number_names_the_document() -> None:
    assert read(number="浚民（2026）5号").id == read(number="浚民〔2026〕 5 号").id == "n-浚民-2026-5"
    assert read(number="第5号").id == "spare"
    assert read(id="d1", number="浚民〔2026〕5号").id == "d1"


def test_without_a_title_the_first_line_is_the_title() -> None:
    assert read(title="", text="# 低保　办法\n正文").title == "低保 办法"
    assert read(title=None, text="#\n\n正文").title == "正文"
    assert len(read(title=" ", text="很长" * 100).title) == 60


def test_every_value_is_cleaned() -> None:
    document = read(
        id="d\x001\n",
        title="低保\ud800\n办法\u200b",
        text="\ufeff正\x00文\ud83d。\r\n二",
        issuer="民政\x07局",
        number=" 浚民〔2026〕5号\t",
    )

    assert (document.id, document.title, document.text) == ("d1", "低保 办法", "正文。\n二")
    assert (document.issuer, document.number) == ("民政局", "浚民〔2026〕5号")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"text": ""}, "正文为空"),
        ({"text": " \x00\n"}, "正文为空"),
        ({"text": None}, "正文为空"),
        ({"text": ["一", "二"]}, "“text”（正文）应当是文字"),
        ({"text": "###", "title": ""}, "没有标题"),
        ({"title": {"a": 1}}, "“title”（标题）应当是文字"),
        ({"title": True}, "“title”（标题）应当是文字"),
        ({"title": "长" * 301}, "“title”（标题）超过 300 字"),
        ({"id": "长" * 201}, "“id”（编号）超过 200 字"),
        ({"issuer": "长" * 2001}, "“issuer”（发文机关）超过 2000 字"),
        ({"published_on": "2026-13-01"}, "“published_on”（发布日期）“2026-13-01”不是日期，应当写成 2026-03-02"),
        ({"发布日期": "明天"}, "“published_on”（发布日期）“明天”不是日期，应当写成 2026-03-02"),
        ({"expires_on": "长期" * 30}, f"“expires_on”（失效日期）“{'长期' * 20}…”不是日期，应当写成 2026-03-02"),
        ({"url": "javascript:alert(1)"}, "“url”（链接）应当以 http:// 或 https:// 开头"),
        ({"url": " JavaScript:alert(1)"}, "“url”（链接）应当以 http:// 或 https:// 开头"),
        ({"url": "ftp://example.invalid"}, "“url”（链接）应当以 http:// 或 https:// 开头"),
        ({"disclosure": "公开"}, "“disclosure”（公开属性）“公开”不在可用的值之中（主动公开、依申请公开、不予公开）"),
        (
            {"status": "0"},
            "“validity”（效力）“0”不在可用的值之中（征求意见、尚未施行、现行有效、已被修改、部分失效、已废止、已失效）",
        ),
        (
            {"kind": "有效"},
            "“kind”（类型）“有效”不在可用的值之中（政策、解读、问答、指南、目录、新闻发布、澄清）",
        ),
    ],
)
def test_a_value_that_is_not_understood_is_refused_with_its_name(values: dict[str, Any], reason: str) -> None:
    assert refusal(**values) == reason


def test_the_digest_changes_with_every_field_and_only_then() -> None:
    document = read_record(FULL, fallback_id="")
    changed = [
        replace(document, **{name: value})  # type: ignore[arg-type]  # any field
        for name, value in {**dict.fromkeys(FULL, "其他"), "published_on": None, "kind": Kind.NEWS}.items()
    ]

    assert len({document.digest, *map(digest, changed)}) == len(FULL) + 1
    assert read_record(dict(reversed(FULL.items())), fallback_id="x") == document
    assert digest(document) == document.digest


def test_values_are_sorted_by_field_and_what_is_unknown_is_named() -> None:
    values, unknown = by_field({"标题": "低保", "title": "", "url": "~", "tags": ["a"], "sample": "true", "文号": "5"})

    assert (values, unknown) == ({"title": "低保", "number": "5"}, ("tags", "sample"))


@pytest.mark.parametrize(
    ("label", "meant"), [("disclousre", "disclosure"), ("published", "published_on"), ("公开属性：", "公开属性")]
)
def test_a_misspelt_label_is_refused(label: str, meant: str) -> None:
    with pytest.raises(UnreadableDocument, match=f"没有“{label}”这一项，是不是“{meant}”"):
        by_field({label: "不予公开"})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from([*FULL, "标题", "正文", "文号"]) | st.text(), json_values))
def test_any_record_is_read_or_refused(record: dict[str, object]) -> None:
    with suppress(UnreadableDocument):
        document = read_record(record, fallback_id="spare")
        assert document.title
        assert document.text
        assert repr(document).encode()


@pytest.mark.parametrize(
    ("today", "validity"),
    [
        (date(2026, 2, 28), Validity.NOT_YET_EFFECTIVE),
        (date(2026, 3, 1), Validity.IN_FORCE),
        (date(2031, 2, 28), Validity.IN_FORCE),
        (date(2031, 3, 1), Validity.EXPIRED),
    ],
)
@pytest.mark.parametrize("stated", ["", "有效", "尚未施行"])
def test_validity_follows_the_dates_of_a_record_on_every_later_day_too(
    today: date, validity: Validity, stated: str
) -> None:
    record = {**FULL, "validity": stated}
    document = read_record(record, today=today)

    assert document.validity is validity
    assert document.digest == digest(document)
    stored = read_record(record, today=date(2026, 2, 1))
    assert as_of(stored, today) == replace(document, digest=stored.digest)
    assert as_of(document, today) is document


def test_a_record_has_the_term_that_its_text_tells() -> None:
    told = "第九条 本办法自印发之日起施行，有效期五年。"

    assert read(text=told, published_on="2026-03-02").expires_on == date(2031, 3, 1)
    assert read(text=told, published_on="2026-03-02", expires_on="2028-01-01").expires_on == date(2028, 1, 1)
    assert read(text=told, published_on="2026-03-02", validity="有效").expires_on is None
    assert read(text=told, published_on="2026-03-02", kind="问答").expires_on is None


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("《浚县低保办法》政策解读", Kind.INTERPRETATION),
        ("《浚县低保办法》解读（二）", Kind.INTERPRETATION),
        ("解读《浚县低保办法》", Kind.INTERPRETATION),
        ("图解：浚县低保办法", Kind.INTERPRETATION),
        ("【图解】浚县低保办法", Kind.INTERPRETATION),
        ("一图读懂浚县低保办法", Kind.INTERPRETATION),
        ("《浚县低保办法》政策解读问答", Kind.QA),
        ("浚县低保政策问答", Kind.QA),
        ("政策问答｜低保怎么申请", Kind.QA),
        ("浚县低保办法", Kind.POLICY),
        ("关于做好政策解读工作的通知", Kind.POLICY),
        ("关于规范公众提问答复工作的通知", Kind.POLICY),
        ("关于群众提问答", Kind.POLICY),
        ("政策解读和问答工作办法", Kind.POLICY),
    ],
)
def test_the_title_tells_an_interpretation_from_a_policy(title: str, kind: Kind) -> None:
    assert read(title=title).kind is kind
    assert read(title=title, kind="指南").kind is Kind.GUIDE


def test_an_interpretation_does_not_take_the_place_of_its_policy() -> None:
    number = "浚民〔2026〕5号"
    policy = read(number=number)
    shown = read(title="《低保办法》政策解读", number=number)
    printed = read(title="《低保办法》问答", text=f"{number}\n正文。")
    stated = read(title="低保", kind="解读", number=number, interprets=number)

    assert policy.id == "n-浚民-2026-5"
    for explained in (shown, printed, stated):
        assert (explained.id, explained.number, explained.interprets) == ("spare", "", number)


def test_an_interpretation_with_a_number_of_its_own_keeps_it() -> None:
    own = read(kind="解读", number="浚民〔2026〕6号", interprets="浚民〔2026〕5号")

    assert (own.id, own.number, own.interprets) == ("n-浚民-2026-6", "浚民〔2026〕6号", "浚民〔2026〕5号")


@pytest.mark.parametrize("label", ["公开属性", "公开方式", "disclosure"])
def test_what_is_not_public_is_told_under_every_usual_label(label: str) -> None:
    assert read(**{label: "依申请公开"}).disclosure is Disclosure.ON_REQUEST
    assert by_field({label: "依申请公开"}) == ({"disclosure": "依申请公开"}, ())
