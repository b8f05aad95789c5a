import json
import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import UnreadableDocument
from knowledge.readers import Reading, decode, read_file
from knowledge.readers.jsonl import MOST_ROWS
from knowledge.types import Disclosure, Document, Validity

NOTICE = "浚县民政局关于低保的通知\n浚民〔2026〕5号\n各乡镇：\n一、做好工作。\n"
FRONT = """---
title: 低保办法
number: 浚政〔2026〕5号
status: 已废止
公开属性: 依申请公开
发布日期: 2026-02-10
tags: [a, b]
---

第一章 总则

第一条 为了规范。
"""
GOOD_ROW = json.dumps({"id": "good", "title": "低保", "text": "正文。"}, ensure_ascii=False)


def read_all(name: str, data: bytes | str) -> list[Reading]:
    return list(read_file(name, data.encode() if isinstance(data, str) else data))


def read(name: str, data: bytes | str) -> Document:
    (reading,) = read_all(name, data)
    assert reading.document is not None, reading.reason
    return reading.document


def refusal(name: str, data: bytes | str) -> str:
    (reading,) = read_all(name, data)
    assert (reading.document, reading.place) == (None, name)
    return reading.reason


@pytest.mark.parametrize(
    "data",
    [
        NOTICE.encode(),
        b"\xef\xbb\xbf" + NOTICE.encode(),
        NOTICE.encode("gb18030"),
        NOTICE.encode("utf-16"),
        b"\xfe\xff" + NOTICE.encode("utf-16-be"),
        NOTICE.replace("\n", "\r\n").encode(),
        NOTICE.replace("\n", "\r").encode(),
        NOTICE.replace("工作", "工\x00\x07作\u200b").encode(),
    ],
    ids=["utf-8", "utf-8 with mark", "gb18030", "utf-16", "utf-16 be", "crlf", "cr", "control characters"],
)
@pytest.mark.parametrize("suffix", ["txt", "TXT", "md", "markdown"])
def test_a_text_is_read_in_every_usual_encoding(data: bytes, suffix: str) -> None:
    document = read(f"folder/notice.{suffix}", data)

    assert document.text == "浚民〔2026〕5号\n各乡镇：\n一、做好工作。"
    assert (document.title, document.number) == ("浚县民政局关于低保的通知", "浚民〔2026〕5号")
    assert (document.issuer, document.id) == ("浚县民政局", "n-浚民-2026-5")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "正文为空"),
        (b"\xef\xbb\xbf \n\x00", "正文为空"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x00\x00\x01\x00", "图片里没有文字"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00", "压缩文件有损坏"),
        (b"\x00" * 100, "不是文字文件"),
        (b"\xff\xfe\x00\xd8\x00", "不是文字文件"),
        (NOTICE.encode() + "半个字".encode()[:-1], "第 5 行的文字编码有损坏"),
        (NOTICE.encode().replace("各".encode(), b"\xff\xff"), "第 3 行的文字编码有损坏"),
    ],
    ids=["empty", "blank", "png", "zip", "nul", "broken utf-16", "cut short", "damaged"],
)
@pytest.mark.parametrize("suffix", ["txt", "md"])
def test_a_file_that_holds_no_text_is_refused(data: bytes, reason: str, suffix: str) -> None:
    assert refusal(f"file.{suffix}", data).startswith(reason)


def test_a_damaged_text_in_utf_8_is_never_taken_for_another_encoding() -> None:
    data = "政府信息公开条例规定了公开的范围".encode()[:-2]

    assert data.decode("gb18030", "replace")
    with pytest.raises(UnreadableDocument):
        decode(data)


def test_front_matter_goes_before_what_the_text_says() -> None:
    (reading,) = read_all("anything.有效.md", FRONT)
    document = reading.document

    assert document is not None
    assert (document.title, document.number, document.id) == ("低保办法", "浚政〔2026〕5号", "n-浚政-2026-5")
    assert (document.validity, document.disclosure) == (Validity.REPEALED, Disclosure.ON_REQUEST)
    assert document.published_on == date(2026, 2, 10)
    assert document.text == "第一章 总则\n\n第一条 为了规范。"
    assert reading.reason == "没有用到的项：tags"


def test_values_of_front_matter_are_taken_as_written() -> None:
    document = read("a.md", "---\nid: 007\ntopic: no\n标题: 2026\nurl:\nissuer: ~\n---\n正文。")

    assert (document.id, document.topic, document.title) == ("007", "no", "2026")
    assert (document.url, document.issuer) == ("", "")


@pytest.mark.parametrize("front", ["---\n---\n", "---\n# 备注\n---\n", "\n\n--- \nid: a\n...\n"])
def test_empty_and_unusual_front_matter_is_read(front: str) -> None:
    assert read("a.md", f"{front}低保的通知\n正文。").text == "正文。"


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("published_on: 2026-13-01", "“published_on”（发布日期）“2026-13-01”不是日期"),
        ("发布日期: 明天", "“published_on”（发布日期）“明天”不是日期"),
        ("disclousre: 不予公开", "没有“disclousre”这一项，是不是“disclosure”"),
        ("disclosure: 内部", "“disclosure”（公开属性）“内部”不在可用的值之中"),
        ("title: [a, b]", "“title”（标题）应当是文字"),
        ("title: {a: b}", "“title”（标题）应当是文字"),
        ("title: [", "文件开头的说明写法有误"),
        ("- 一\n- 二", "文件开头的说明写法有误"),
        ("只有一句话", "文件开头的说明写法有误"),
        ("? [a]\n: b", "文件开头的说明写法有误"),
        ("a: &x [*x]", "文件开头的说明写法有误"),
        ("a: " + "[" * 600, "文件开头的说明写法有误"),
    ],
)
def test_front_matter_that_cannot_be_used_is_refused_with_the_reason(front: str, reason: str) -> None:
    assert refusal("a.md", f"---\n{front}\n---\n正文。").startswith(reason)


def test_front_matter_without_an_end_is_refused() -> None:
    assert refusal("a.md", "---\ntitle: 低保\n正文。") == "文件开头的说明没有以“---”结束或者过长"
    assert refusal("a.md", f"---\ntitle: {'长' * 20_000}\n---\n正文。") == "文件开头的说明没有以“---”结束或者过长"


def test_a_line_of_dashes_is_no_front_matter_and_no_title() -> None:
    document = read("低保.md", "---\n正文。")

    assert (document.title, document.text) == ("低保", "---\n正文。")


def test_front_matter_makes_nothing_but_values() -> None:
    assert read("a.md", "---\ntitle: !!python/object/apply:os.getcwd []\nid: !!int 7\n---\n正文。").id == "7"


def test_a_text_without_a_title_is_named_after_its_file() -> None:
    document = read("folder/低保标准.部门规章.有效.md", "各乡镇：\n现通知如下。")

    assert (document.title, document.text) == ("低保标准", "各乡镇：\n现通知如下。")


@pytest.mark.parametrize(
    ("name", "validity"),
    [
        ("办法.有效.md", Validity.IN_FORCE),
        ("办法.部门规章.已废止.md", Validity.REPEALED),
        ("办法.失效.txt", Validity.EXPIRED),
        ("办法.md", Validity.IN_FORCE),
        ("废止.md", Validity.IN_FORCE),
    ],
)
def test_the_name_of_a_file_can_tell_the_validity(name: str, validity: Validity) -> None:
    assert read(name, "办法\n正文。").validity is validity


def test_ids_depend_on_title_or_number_and_not_on_the_folder() -> None:
    assert read("a/x.md", "低保办法\n正文。").id == read("b/y.txt", "# 低保办法\n新的正文。").id
    assert read("a/x.md", "低保办法\n正文。").id != read("a/x.md", "养老办法\n正文。").id
    assert read("a.md", "---\ntitle: 甲\n---\n各乡镇：\n一").id != read("b.md", "---\ntitle: 乙\n---\n各乡镇：\n一").id


def test_a_huge_line_is_a_document_with_a_short_title() -> None:
    document = read("a.txt", "很长没有标点" * 100_000)

    assert (len(document.title), len(document.text)) == (1, 600_000)
    assert document.title == "a"


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.jsonl"])
def test_a_text_in_which_nobody_could_find_anything_is_refused(name: str) -> None:
    text = "每月七百元。" * 850_000
    row = f'{{"title": "低保", "text": "{text}"}}'
    (reading,) = read_file(name, (row if name == "a.jsonl" else text).encode())

    assert reading.reason == "正文超过 500 万字，请拆成几份"


def test_a_bad_row_is_refused_with_its_line_and_the_good_ones_stay() -> None:
    rows = [
        GOOD_ROW,
        "",
        '{"title": "半行"',
        "[1, 2]",
        '{"id": "x", "text": ""}',
        '{"id": "y", "text": "正文", "published_on": "2026-13-01"}',
        "[" * 100_000,
        '{"id": ' + "9" * 5000 + "}",
        GOOD_ROW.replace("good", "last"),
    ]
    readings = read_all("in/rows.jsonl", "\r\n".join(rows))

    assert [(reading.place, reading.reason) for reading in readings] == [
        ("in/rows.jsonl:1", ""),
        ("in/rows.jsonl:3", "不是一行完整的 JSON"),
        ("in/rows.jsonl:4", "一行应当是一个 JSON 对象"),
        ("in/rows.jsonl:5", "正文为空"),
        ("in/rows.jsonl:6", "“published_on”（发布日期）“2026-13-01”不是日期，应当写成 2026-03-02"),
        ("in/rows.jsonl:7", "不是一行完整的 JSON"),
        ("in/rows.jsonl:8", "不是一行完整的 JSON"),
        ("in/rows.jsonl:9", ""),
    ]
    assert [reading.document.id for reading in readings if reading.document] == ["good", "last"]


def test_a_damaged_row_does_not_spoil_the_others() -> None:
    damaged = GOOD_ROW.encode().replace("正".encode(), b"\xff\xff")
    readings = read_all("rows.ndjson", b"\n".join([GOOD_ROW.encode(), damaged, GOOD_ROW.encode()]))

    assert [reading.reason for reading in readings] == ["", "第 2 行的文字编码有损坏，请另存为 UTF-8", ""]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_rows_are_read_in_every_usual_encoding(encoding: str) -> None:
    readings = read_all("rows.jsonl", f"{GOOD_ROW}\n{GOOD_ROW}\n".encode(encoding))

    assert [reading.document and reading.document.text for reading in readings] == ["正文。", "正文。"]


def test_characters_that_end_lines_elsewhere_stay_in_their_row() -> None:
    row = '{"id": "a", "title": "低保", "text": "一\u2028二\\u2029三\\u0000四\x85五\t六\\ud800"}'

    assert read("rows.jsonl", row).text == "一\n二\n三四\n五\t六"


def test_rows_without_an_id_are_named_after_their_title_wherever_they_stand() -> None:
    row = '{"title": "低保", "text": "正文。"}'
    first, second = read_all("in/faq.jsonl", f"{row}\n\n{row.replace('低保', '养老')}")
    (again,) = read_all("other/faq.jsonl", row)

    assert first.document is not None
    assert second.document is not None
    assert again.document == first.document
    assert first.document.id != second.document.id


@pytest.mark.parametrize("data", [b"", b" \n\n", b"\xef\xbb\xbf"])
def test_a_file_without_rows_is_refused(data: bytes) -> None:
    assert refusal("rows.jsonl", data) == "文件是空的"


def test_a_binary_file_of_rows_is_refused_as_one() -> None:
    assert refusal("rows.jsonl", b"\x00\x01\x02\x03\n" * 100).startswith("不是文字文件")


def test_a_name_that_cannot_be_printed_is_cleaned() -> None:
    (reading,) = read_all("\udcff名\n.txt", "")

    assert reading.place == "名\n.txt"


names = st.sampled_from(["a.md", "a.txt", "a.jsonl", "a.docx", "", "\ud800.md"])


@given(names, st.binary(max_size=300))
def test_no_bytes_raise_anything(name: str, data: bytes) -> None:
    for reading in read_file(name, data):
        assert (reading.document is None) <= bool(reading.reason)


@given(
    names,
    st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('-:\n"{}[]#|')).map(lambda text: f"---\n{text}"),
    st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
def test_no_text_raises_anything(name: str, text: str, encoding: str) -> None:
    for reading in read_file(name, text.encode(encoding)):
        assert (reading.document is None) <= bool(reading.reason)


def test_random_files_are_refused() -> None:
    noise = random.Random(7)  # noqa: S311  the same noise in each run

    for _ in range(20):
        (reading,) = read_file("noise.txt", noise.randbytes(2000))
        assert reading.document is None


@pytest.mark.data
def test_real_markdown_is_read(shared_data: Path) -> None:
    documents = {
        file.name: read(file.name, file.read_bytes()) for file in (shared_data / "importer" / "md").glob("*.md")
    }
    numbers = {document.title: document.number for document in documents.values() if document.number}

    assert len(documents) == len({document.id for document in documents.values()}) == 8
    # one file is named otherwise than the text in it
    assert [name for name, document in documents.items() if document.title != name.split(".")[0]] == [
        "政府采购信息公开办法.部门规章.有效.md"
    ]
    assert numbers == {
        "关于促进政府采购公平竞争优化营商环境的通知": "财库〔2019〕38号",
        "政府采购竞争性磋商采购方式管理暂行办法": "财库〔2014〕214号",
    }
    assert {document.validity for document in documents.values()} == {Validity.IN_FORCE}
    assert not [document.title for document in documents.values() if document.text.startswith("#  ")]


@pytest.mark.data
def test_the_law_and_the_founding_text_are_documents(shared_data: Path) -> None:
    documents = {file.suffix: read(file.name, file.read_bytes()) for file in (shared_data / "law").iterdir()}
    law, founding = documents[".md"], documents[".txt"]

    assert (law.id, law.title, law.number) == ("n-国令--711", "中华人民共和国政府信息公开条例", "国令第711号")
    assert (law.issuer, law.published_on, law.effective_on) == ("国务院", date(2019, 4, 3), date(2019, 5, 15))
    assert founding.title == "河南省人民政府办公厅关于进一步加强政府信息公开工作的意见"
    assert (founding.issuer, founding.published_on) == ("河南省人民政府办公厅", date(2015, 4, 20))
    assert "发布时间" not in founding.text


def test_more_lines_than_anybody_brings_at_once_are_refused_unread() -> None:
    assert "超过 20 万行" in refusal("a.jsonl", "{}\n" * (MOST_ROWS + 1))
