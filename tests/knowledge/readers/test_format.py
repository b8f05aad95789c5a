import pytest

from knowledge.errors import UnreadableDocument
from knowledge.readers.format import Format, format_of
from tests.knowledge.readers.files import excel, pdf, word_of, zipped

TEXT = "低保的通知\n正文。".encode()
PAGE = b"<!DOCTYPE html><html><body>x</body></html>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
WORD = word_of("正文。")
EXCEL = excel({"表": [["问题", "答案"]]})
PDF = pdf([(72, 700, 16, "正文。")])


def refusal(name: str, data: bytes) -> str:
    with pytest.raises(UnreadableDocument) as refused:
        format_of(name, data)
    return refused.value.reason


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("a.md", TEXT, Format.MARKDOWN),
        ("a.MARKDOWN", TEXT, Format.MARKDOWN),
        ("a.txt", TEXT, Format.TEXT),
        ("a.jsonl", TEXT, Format.JSON_LINES),
        ("a.tsv", TEXT, Format.CSV),
        ("a.htm", b"<p>x</p>", Format.HTML),
        ("a.zip", zipped({"a.txt": TEXT}), Format.ZIP),
        ("a.pdf", PDF, Format.PDF),
        ("a.docx", WORD, Format.DOCX),
        ("a.xlsx", EXCEL, Format.XLSX),
        ("通知", WORD, Format.DOCX),
        ("a.txt", WORD, Format.DOCX),
        ("a.doc", WORD, Format.DOCX),
        ("a.docx", EXCEL, Format.XLSX),
        ("a.doc", b"\n" + PDF, Format.PDF),
        ("a.docx", PAGE, Format.HTML),
        ("a.doc", b"\xef\xbb\xbf <html xmlns:o='x'><body>x", Format.HTML),
        ("a.xls", b"<?xml version='1.0'?><!-- x --><HTML><body>x", Format.HTML),
        ("a.md", b"<div>text</div>", Format.MARKDOWN),
    ],
)
def test_a_file_is_told_by_its_bytes_before_its_name(name: str, data: bytes, form: Format) -> None:
    assert format_of(name, data) is form


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.doc", OLE, "旧版文档不收：请用 Word 或 WPS 打开后另存为 .docx 再导入"),
        ("a.wps", OLE, "旧版文档不收：请用 Word 或 WPS 打开后另存为 .docx 再导入"),
        ("a.xls", OLE, "旧版表格不收：请用 Excel 或 WPS 打开后另存为 .xlsx 再导入"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "文件加了密码，请先去掉密码再导入"),
        ("a.wps", TEXT, "“.wps”格式不收：请用 Word 或 WPS 打开后另存为 .docx 再导入"),
        ("a.rtf", b"{\\rtf1 x}", "请用 Word 或 WPS 打开后另存为 .docx 再导入"),
        ("a.doc", b"{\\rtf1 x}", "请用 Word 或 WPS 打开后另存为 .docx 再导入"),
        ("a.ofd", zipped({"OFD.xml": b"<x/>"}), "请用 OFD 阅读软件另存为有文字的 PDF，或导入原来的 .docx"),
        ("a.ofd", b"", "“.ofd”格式不收：请用 OFD 阅读软件另存为有文字的 PDF，或导入原来的 .docx"),
        ("a.docm", WORD, "带宏的文件不收，请另存为不带宏的 .docx"),
        ("a.xlsm", EXCEL, "带宏的文件不收，请另存为不带宏的 .xlsx"),
        (
            "a.docx",
            zipped({"word/document.xml": b"", "word/vbaProject.bin": b""}),
            "带宏的文件不收，请另存为不带宏的 .docx 或 .xlsx",
        ),
        ("a.pptx", zipped({"ppt/presentation.xml": b""}), "演示文稿不收，请把内容另存为 .docx 或 PDF 再导入"),
        (
            "a.odt",
            zipped({"mimetype": b"", "content.xml": b""}),
            "请用 Word 或 WPS 打开后另存为 .docx 再导入",
        ),
        ("a.rar", b"Rar!\x1a\x07", "只收 .zip 压缩包，请解开后重新压缩为 .zip"),
        ("a.zip", b"7z\xbc\xaf\x27\x1c", "只收 .zip 压缩包，请解开后重新压缩为 .zip"),
        ("a.pdf", b"\xff\xd8\xff\xe0", "图片里没有文字，请用文字识别软件转成 .docx 再导入"),
        ("a.doc", b"MIME-Version: 1.0\nX", "单文件网页不收，请在浏览器里另存为“网页，仅 HTML”再导入"),
        ("a.json", b"{}", "“.json”格式不收：请改为一行一份的 JSONL（.jsonl）"),
        ("a.xyz", TEXT, "“.xyz”格式不收，请另存为 .docx、.xlsx、PDF、网页、Markdown 或文本"),
        ("通知", TEXT, "“无扩展名”格式不收，请另存为 .docx、.xlsx、PDF、网页、Markdown 或文本"),
        ("a.docx", b"", "文件是空的"),
        ("a.docx", TEXT, "内容不是 .docx 文件，可能已损坏，请重新另存为 .docx"),
        ("a.pdf", b"x" * 2000 + PDF, "内容不是 .pdf 文件，可能已损坏，请重新另存为 .pdf"),
    ],
)
def test_what_is_not_read_is_refused_with_what_to_do(name: str, data: bytes, reason: str) -> None:
    assert refusal(name, data) == reason
