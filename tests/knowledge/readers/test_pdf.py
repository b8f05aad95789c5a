from collections.abc import Sequence

import pytest

from knowledge.errors import UnreadableDocument
from knowledge.readers.pdf import MOST_PAGES, read
from knowledge.readers.prose import respaced
from tests.knowledge.readers.files import Placed, pdf

TITLE = (160, 760, 22, "浚县民政局关于低保的通知")
FIRST: list[Placed] = [
    TITLE,
    (72, 700, 16, "各乡镇人民政府："),
    (104, 670, 16, "为了做好低保工作，现将有关事项通知如下，请认真抓好落"),
    (72, 640, 16, "实。"),
]
SECOND: list[Placed] = [(72, 760, 16, "一、标准。每月七百元。"), (104, 730, 16, "二、办理。请到乡镇政府。")]


def lines(*pages: Sequence[Placed], title: str = "") -> list[str]:
    return read(pdf(*pages, title=title)).text.split("\n")


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableDocument) as refused:
        read(data)
    return refused.value.reason


def test_a_line_that_only_the_page_broke_is_joined_and_paragraphs_stay() -> None:
    assert lines(FIRST, SECOND) == [
        "浚县民政局关于低保的通知",
        "各乡镇人民政府：",
        "为了做好低保工作，现将有关事项通知如下，请认真抓好落实。",
        "一、标准。每月七百元。",
        "二、办理。请到乡镇政府。",
    ]


def test_a_first_line_set_in_begins_a_paragraph_even_where_most_lines_are_set_in() -> None:
    full = [f"{each}是为了做好低保工作，现将事项通知如下，请抓好落" for each in "甲乙丙丁"]
    page: list[Placed] = [(104, 700 - 30 * row, 16, line) for row, line in enumerate(full)]

    assert lines([*page, (72, 580, 16, "实。"), (72, 550, 16, "附则。")]) == [*full[:3], f"{full[3]}实。", "附则。"]


def test_a_sentence_goes_on_over_the_end_of_a_page() -> None:
    first: list[Placed] = [
        (104, 60 + 30 * row, 16, f"{row}为了做好低保工作，现将有关事项通知如下，请认真抓好") for row in (1, 0)
    ]

    assert lines(first, [(72, 760, 16, "实。")])[-1].endswith("请认真抓好实。")


@pytest.mark.parametrize(
    "number", ["— {} —", "- {} -", "第 {} 页 共 9 页", "{}/9", "第{}页", "2026/7/24 16:03 低保_政府网"]
)
def test_page_numbers_and_print_marks_are_removed(number: str) -> None:
    pages = [[*page, (250, 30, 10, number.format(at))] for at, page in enumerate((FIRST, SECOND), 1)]

    assert lines(*pages) == lines(FIRST, SECOND)


def test_what_stands_at_the_edge_of_most_pages_is_removed_and_what_stands_there_once_is_text() -> None:
    header = (72, 815, 9, "浚县民政局文件汇编 第3辑")
    once = (72, 50, 16, "咨询电话见附件。")

    assert lines([header, *FIRST, once], [header, *SECOND], [header, *SECOND]) == lines([*FIRST, once], SECOND, SECOND)


def test_the_box_of_data_beside_a_document_is_read_and_left_out_of_the_text() -> None:
    box: list[Placed] = [
        (72, 790, 10, "发文机关： 浚县民政局 成文日期： 2026年07月19日"),
        (72, 775, 10, "发文字号： 浚民〔2026〕26号 发布日期： 2026年07月23日"),
    ]
    article = read(pdf(FIRST, [*box, *SECOND]))

    assert article.shown == {"issuer": "浚县民政局", "number": "浚民〔2026〕26号", "published_on": "2026-07-23"}
    assert article.text.split("\n") == lines(FIRST, SECOND)


def test_an_article_printed_over_the_line_before_begins_its_own() -> None:
    page: list[Placed] = [(72, 700, 16, "第一条 为了规范。 第二条 县民政局负责。依照第一条 办理。")]

    assert lines(page) == ["第一条 为了规范。", "第二条 县民政局负责。依照第一条 办理。"]


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("总 体 要 求 和 目 标", "总体要求和目标"),
        ("国 务 院 关 于 印 发 的 通 知国 务 院 关 于 印 发 的 通 知", "国务院关于印发的通知"),
        ("第一章 总 则", "第一章 总 则"),
        ("国务院办公厅 国家发展改革委", "国务院办公厅 国家发展改革委"),
        ("一 二 三", "一 二 三"),
    ],
)
def test_a_heading_set_apart_or_printed_twice_is_read_once(printed: str, meant: str) -> None:
    assert respaced(printed) == meant


def test_a_heading_set_apart_is_the_title() -> None:
    assert lines([(72, 790, 16, "低 保 办 法 的 通 知"), *SECOND])[0] == "低保办法的通知"


def test_the_title_in_the_metadata_is_only_supposed() -> None:
    article = read(pdf(FIRST, title="Microsoft Word - 文档1"))

    assert (article.title, article.supposed) == ("", {"title": "Microsoft Word - 文档1"})


def test_a_scan_is_refused() -> None:
    assert "没有文字层（扫描件）" in refusal(pdf([], [], []))
    assert "没有文字层（扫描件）" in refusal(pdf(FIRST, [], []))


def test_text_without_meaning_is_refused() -> None:
    assert "乱码" in refusal(pdf([(72, 700, 16, "\ue001\ue002\ue003" * 10)]))


@pytest.mark.parametrize("data", [b"%PDF-1.7", pdf(FIRST)[:300], b"%PDF-1.7\n" + b"x" * 1000])
def test_a_damaged_file_is_refused(data: bytes) -> None:
    assert refusal(data) == "PDF 有损坏或不完整，请重新导出"


def test_an_encrypted_file_is_refused() -> None:
    # the standard handler with keys nobody knows
    secret = b"/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>] /Size" % (
        b"41" * 32,
        b"42" * 32,
    )

    assert refusal(pdf(FIRST).replace(b"/Size", secret)) == "PDF 加了密码，请先去掉密码再导入"


def test_more_pages_than_anybody_reads_are_refused_unread() -> None:
    endless = pdf(FIRST).replace(b"/Kids [7 0 R]", b"/Kids [" + b"7 0 R " * (MOST_PAGES + 1) + b"]")
    endless = endless.replace(b"/Count 1", b"/Count %d" % (MOST_PAGES + 1))

    assert refusal(endless) == "PDF 超过 2000 页，请拆成几个文件"


def test_a_mark_of_secrecy_at_the_head_of_every_page_is_left_out_and_handed_over() -> None:
    mark = (72, 815, 9, "秘密★1年")
    box = (72, 790, 10, "发文机关：浚县民政局 公开方式：依申请公开")
    article = read(pdf([mark, *FIRST], [mark, box, *SECOND]))

    assert "秘密" not in article.text
    assert article.dropped.split("\n") == ["秘密★1年", "发文机关：浚县民政局 公开方式：依申请公开"]
    assert article.shown["disclosure"] == "依申请公开"
