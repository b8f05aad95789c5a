import io
from collections.abc import Sequence
from datetime import date, datetime
from zipfile import ZipFile

import openpyxl
import pytest

from knowledge.errors import UnreadableDocument
from knowledge.readers import csv, xlsx
from knowledge.readers.reading import Reading
from knowledge.readers.rows import MOST_COLUMNS, MOST_ROWS, readings
from knowledge.types import Document, Kind, Validity
from tests.knowledge.readers.files import excel, zipped

HEADER = ["序号", "问题", "答案", "承办单位", "备注"]
FAQ = [HEADER, ["1", "低保多少钱？", "每月700元。", "民政局", "旧"], ["2", "在哪里办？", "乡镇政府。", "民政局", ""]]


def documents(found: Sequence[Reading]) -> list[Document]:
    assert all(reading.document for reading in found), [reading.reason for reading in found]
    return [reading.document for reading in found if reading.document]


def refusal(table: Sequence[Sequence[str]]) -> str:
    with pytest.raises(UnreadableDocument) as refused:
        list(readings(table, "表.csv"))
    return refused.value.reason


def test_each_question_becomes_a_document() -> None:
    found = list(readings([["常见问题汇总"], [], *FAQ], "表.csv"))
    first, second = documents(found)

    assert [reading.place for reading in found] == ["表.csv:4", "表.csv:5"]
    assert (first.title, first.text, first.kind, first.department) == (
        "低保多少钱？",
        "每月700元。",
        Kind.QA,
        "民政局",
    )
    assert first.id != second.id
    assert {reading.reason for reading in found} == {"没有用到的列：备注"}


@pytest.mark.parametrize("header", ["问题,答案", "咨询问题（必填）,答复内容*", "Question,Answer", " 问 题 ：,回复"])
def test_columns_are_known_by_their_chinese_and_english_names(header: str) -> None:
    (document,) = documents(list(csv.read(f"{header}\n低保多少钱？,700元".encode(), "表.csv")))

    assert (document.title, document.text, document.kind) == ("低保多少钱？", "700元", Kind.QA)


def test_the_id_of_a_question_does_not_depend_on_where_it_stands() -> None:
    (one,) = documents(list(readings([["编号", "问题", "答案"], ["1", "甲？", "乙"]], "a.csv")))
    _, other = documents(list(readings([["问题", "答案"], ["丙？", "丁"], ["甲？", "乙"]], "b.csv")))
    (own,) = documents(list(readings([["编号", "问题", "答案"], ["faq-1", "甲？", "乙"]], "a.csv")))

    assert one == other
    assert own.id == "faq-1"


def test_each_row_of_documents_becomes_one_with_its_fields() -> None:
    header = ["文件名称", "发文字号", "发布单位", "成文日期", "失效日期", "正文内容", "公开属性"]
    row = ["低保办法", "浚民〔2020〕5号", "浚县民政局", "2020-03-05", "2025-03-04", "第一条 为了规范。", "主动公开"]
    (document,) = documents(list(readings([header, row], "表.xlsx", today=date(2026, 1, 1))))

    assert (document.id, document.kind, document.issuer) == ("n-浚民-2020-5", Kind.POLICY, "浚县民政局")
    assert (document.published_on, document.validity) == (date(2020, 3, 5), Validity.EXPIRED)


def test_a_bad_row_is_refused_and_the_others_stay() -> None:
    found = list(readings([HEADER, ["1", "", "没有问题"], ["2", "没有答案？"], ["3", "甲？", "乙"]], "表.csv"))

    assert [(reading.place, reading.reason) for reading in found if not reading.document] == [
        ("表.csv:2", "没有问题或标题"),
        ("表.csv:3", "正文为空"),
    ]
    assert found[2].document is not None


def test_a_table_of_something_else_is_one_document() -> None:
    table = [["浚县低保标准表"], ["区域", "标准"], ["城区", "每人每月七百元"], ["乡村", "", "待定"]]
    (document,) = documents(list(readings(table, "in/标准.xlsx")))

    assert document.title == "浚县低保标准表"
    assert document.text == "| 区域 | 标准 |\n| 城区 | 每人每月七百元 |\n| 乡村 |  | 待定 |"


def test_tables_without_content_are_refused() -> None:
    assert refusal([]) == "表格是空的"
    assert refusal([["", ""], []]) == "表格是空的"
    assert refusal([HEADER]) == "表格只有表头，没有内容"


def test_tables_beyond_all_bounds_are_refused() -> None:
    assert "列" in refusal([["甲"] * (MOST_COLUMNS + 1)])
    assert "行" in refusal([["甲"]] * (MOST_ROWS + 1))


@pytest.mark.parametrize("sign", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_with_every_usual_separator_and_encoding(sign: str, encoding: str) -> None:
    text = f'问题{sign}答案\r\n低保多少钱？{sign}"每月700元，\r\n按月发放"\r\n'
    (document,) = documents(list(csv.read(text.encode(encoding), "表.csv")))

    assert document.text == "每月700元，\n按月发放"


def test_csv_that_cannot_be_taken_apart_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="引号或分隔符有误"):
        list(csv.read(b'a,"' + b"x" * 200_000, "a.csv"))


def test_each_visible_sheet_of_an_excel_file_is_read() -> None:
    data = excel({"民政": FAQ, "空": [], "医保": [["问题", "答案"], ["怎么备案？", 12345]]})
    found = list(xlsx.read(data, "问答.xlsx"))

    assert [reading.place for reading in found] == ["问答.xlsx:民政:2", "问答.xlsx:民政:3", "问答.xlsx:医保:2"]
    assert documents(found)[2].text == "12345"


def test_a_sheet_that_is_refused_does_not_spoil_the_others() -> None:
    found = list(xlsx.read(excel({"只有表头": [HEADER], "问答": FAQ}), "问答.xlsx"))

    assert (found[0].place, found[0].reason) == ("问答.xlsx:只有表头", "表格只有表头，没有内容")
    assert len(documents(found[1:])) == 2


def test_cells_of_excel_are_read_as_they_are_shown() -> None:
    header = ["标题", "正文", "发布日期", "编号"]
    at_midnight = datetime(2026, 3, 5)  # noqa: DTZ001  as in a file
    rows: list[list[object]] = [[*header], ["甲", 700.0, at_midnight, "d1"], ["乙", 0.5, date(2026, 3, 6), None]]
    first, second = documents(list(xlsx.read(excel({"表": rows}), "a.xlsx")))

    assert (first.text, first.published_on, first.id) == ("700", date(2026, 3, 5), "d1")
    assert (second.text, second.published_on) == ("0.5", date(2026, 3, 6))


def test_a_sheet_that_claims_to_be_endless_is_read_as_far_as_it_goes() -> None:
    with ZipFile(io.BytesIO(excel({"表": [["问题", "答案"], ["甲？", "乙"]]}))) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    claimed = sheet.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')

    assert claimed != sheet
    assert len(documents(list(xlsx.read(zipped({**parts, "xl/worksheets/sheet1.xml": claimed}), "a.xlsx")))) == 1


def test_a_cell_at_the_far_end_of_a_sheet_is_refused() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "问题"
    book.worksheets[0]["XFD1048576"] = "远"
    out = io.BytesIO()
    book.save(out)

    with pytest.raises(UnreadableDocument, match="表格超过"):
        list(xlsx.read(out.getvalue(), "a.xlsx"))


@pytest.mark.parametrize(
    "data", [b"", zipped({"xl/workbook.xml": b"<workbook/>"}), excel({"表": FAQ})[:-200]], ids=["empty", "bare", "cut"]
)
def test_a_damaged_excel_file_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="Excel 文件有损坏"):
        list(xlsx.read(data, "a.xlsx"))


def test_an_empty_excel_file_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="表格是空的"):
        list(xlsx.read(excel({"表": [[None, ""], []]}), "a.xlsx"))


def test_what_stands_above_a_table_and_in_columns_without_use_is_handed_over() -> None:
    table = [["秘密★1年"], ["问题", "答案", "密级"], ["低保多少钱？", "每月700元。", "机密"], ["在哪里办？", "乡镇。"]]

    assert [each.dropped for each in readings(table, "表.csv")] == ["秘密★1年\n密级：机密", "秘密★1年"]
