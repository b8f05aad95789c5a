import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from knowledge.errors import UnreadableDocument
from knowledge.readers.docx import read
from tests.knowledge.readers.files import add_item, add_list, word, word_of, zipped

BOX = f"""<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:AlternateContent>
<mc:Choice Requires="wps"><w:txbxContent><w:p><w:r><w:t>浚县民政局文件</w:t></w:r></w:p>
<w:p><w:r><w:t>浚民〔2026〕5号</w:t></w:r></w:p></w:txbxContent></mc:Choice>
<mc:Fallback><w:txbxContent><w:p><w:r><w:t>浚县民政局文件</w:t></w:r></w:p></w:txbxContent></mc:Fallback>
</mc:AlternateContent></w:r>"""


def lines(data: bytes) -> list[str]:
    return read(data).text.split("\n")


def test_paragraphs_are_lines_and_blank_ones_are_left_out() -> None:
    assert lines(word_of("低保的通知", "", " ", "　　各乡镇：", "第一条\t正文。\n第二行")) == [
        "低保的通知",
        "各乡镇：",
        "第一条 正文。",
        "第二行",
    ]


def test_headings_are_marked_by_their_style() -> None:
    file = docx.Document()
    file.add_heading("低保办法", 0)
    file.add_heading("总则", 1)
    file.add_heading("目的", 3)
    own = file.styles.add_style("标题 2", WD_STYLE_TYPE.PARAGRAPH)
    file.add_paragraph("附则", style=own)

    assert lines(word(file)) == ["低保办法", "# 总则", "### 目的", "## 附则"]


def test_tables_stand_where_they_belong_and_merged_cells_are_read_once() -> None:
    file = docx.Document()
    file.add_paragraph("标准如下：")
    table = file.add_table(3, 3)
    for row, texts in enumerate((("低保标准", "", ""), ("区域", "标准", "备注"), ("城区", "700|元", ""))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(0, 0).merge(table.cell(0, 2))
    file.add_paragraph("以上。")

    assert lines(word(file)) == [
        "标准如下：",
        "低保标准",
        "| 区域 | 标准 | 备注 |",
        "| 城区 | 700/元 |  |",
        "以上。",
    ]


def test_the_numbers_of_lists_are_printed_as_word_prints_them() -> None:
    file = docx.Document()
    first = add_list(file, [("japaneseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%1.%3")])
    other = add_list(file, [("decimalEnclosedCircleChinese", "%1"), ("bullet", "•")])
    for text, name, depth in [
        *(("总则", first, 0), ("目标", first, 1), ("任务", first, 1), ("细则", first, 2)),
        *(("附则", first, 0), ("解释", first, 1), ("甲", other, 0), ("乙", other, 0), ("丙", other, 1)),
    ]:
        add_item(file, text, name, depth)

    assert lines(word(file)) == [
        *("一、总则", "（一）目标", "（二）任务", "一.1 细则", "二、附则", "（一）解释"),
        *("① 甲", "② 乙", "丙"),
    ]


@pytest.mark.parametrize(
    ("form", "count", "printed"),
    [
        ("chineseCounting", 10, "十、"),
        ("chineseCounting", 11, "十一、"),
        ("chineseCounting", 20, "二十、"),
        ("chineseCounting", 99, "九十九、"),
        ("chineseCounting", 100, "100、"),
        ("lowerLetter", 3, "c、"),
        ("upperLetter", 26, "Z、"),
        ("decimalEnclosedCircle", 21, "21、"),
        ("upperRoman", 4, "4、"),
        ("", 1, "1、"),
    ],
)
def test_every_usual_form_of_number_is_printed(form: str, count: int, printed: str) -> None:
    file = docx.Document()
    name = add_list(file, [(form, "%1、")])
    for _ in range(count):
        add_item(file, "项", name)

    assert lines(word(file))[-1] == f"{printed}项"


def test_a_list_that_belongs_to_a_style_is_counted() -> None:
    file = docx.Document()
    name = add_list(file, [("chineseCounting", "第%1条　")])
    style = file.styles.add_style("条", WD_STYLE_TYPE.PARAGRAPH)
    based = file.styles.add_style("条文", WD_STYLE_TYPE.PARAGRAPH)
    based.base_style = style
    properties = f'<w:pPr {nsdecls("w")}><w:numPr><w:numId w:val="{name}"/></w:numPr></w:pPr>'
    style.element.append(parse_xml(properties))
    file.add_paragraph("为了规范。", style=style)
    file.add_paragraph("县民政局负责。", style=based)

    assert lines(word(file)) == ["第一条　为了规范。", "第二条　县民政局负责。"]


def test_a_list_that_is_not_defined_has_no_numbers() -> None:
    file = docx.Document()
    add_item(file, "甲", "777")
    add_item(file, "乙", add_list(file, [("decimal", "%1、")]), 5)

    assert lines(word(file)) == ["甲", "乙"]


def test_text_boxes_are_lines_of_their_own_and_are_read_once() -> None:
    file = docx.Document()
    file.add_paragraph("低保的通知")._p.insert(0, parse_xml(BOX))

    assert lines(word(file)) == ["浚县民政局文件", "浚民〔2026〕5号", "低保的通知"]


def test_the_table_of_contents_is_left_out() -> None:
    file = docx.Document()
    style = file.styles.add_style("TOC 1", WD_STYLE_TYPE.PARAGRAPH)
    file.add_paragraph("第一章 总则	1", style=style)
    file.add_paragraph("第一章 总则")

    assert lines(word(file)) == ["第一章 总则"]


def test_what_was_deleted_with_changes_tracked_is_not_read() -> None:
    file = docx.Document()
    paragraph = file.add_paragraph("每月700元。")
    deleted = f'<w:del {nsdecls("w")} w:id="1"><w:r><w:delText>每月600元。</w:delText></w:r></w:del>'
    inserted = f'<w:ins {nsdecls("w")} w:id="2"><w:r><w:t>按月发放。</w:t></w:r></w:ins>'
    for change in (deleted, inserted):
        paragraph._p.append(parse_xml(change))

    assert lines(word(file)) == ["每月700元。按月发放。"]


def test_the_title_in_the_properties_is_only_supposed() -> None:
    file = docx.Document()
    file.core_properties.title = "新建文档"
    file.add_paragraph("低保的通知")
    article = read(word(file))

    assert (article.title, article.supposed) == ("", {"title": "新建文档"})


def test_a_file_without_text_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="Word 文件里没有文字"):
        read(word_of("", " "))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        word_of("正文。")[:-100],
        zipped({"word/document.xml": b"<w:document/>"}),
        zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w"}),
    ],
    ids=["empty", "no zip", "cut", "no package", "no xml"],
)
def test_a_damaged_file_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="Word 文件有损坏"):
        read(data)


def test_page_heads_feet_and_watermarks_are_left_out_and_handed_over() -> None:
    file = docx.Document()
    file.add_paragraph("低保的通知")
    section = file.sections[0]
    section.different_first_page_header_footer = True
    section.header.paragraphs[0].text = "机密★10年"
    section.first_page_header.paragraphs[0].text = "内部资料"
    section.footer.paragraphs[0].text = "公开方式：依申请公开"
    shape = '<v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textpath string="工作秘密"/></v:shape>'
    section.header.paragraphs[0]._p.append(parse_xml(f"<w:r {nsdecls('w')}><w:pict>{shape}</w:pict></w:r>"))
    article = read(word(file))

    assert article.text == "低保的通知"
    assert {*article.dropped.split("\n")} == {"机密★10年", "内部资料", "公开方式：依申请公开", "工作秘密"}


def test_notes_are_left_out_and_handed_over() -> None:
    file = docx.Document()
    file.add_paragraph("低保的通知")
    note = '<w:footnote w:id="1"><w:p><w:r><w:t>秘密★长期</w:t></w:r></w:p></w:footnote>'
    notes = f"<w:footnotes {nsdecls('w')}>{note}</w:footnotes>"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), file.part.package)
    file.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)

    assert read(word(file)).dropped == "秘密★长期"
