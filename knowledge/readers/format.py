"""What a file is, told by its bytes before its name."""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePath

from knowledge.errors import UnreadableDocument
from knowledge.readers.package import names_in

_SNIFFED = 2048
_HTML = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_MIME = re.compile(rb"^\s*MIME-Version:", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Format(StrEnum):
    """A format that is read."""

    MARKDOWN = "md"
    TEXT = "txt"
    JSON_LINES = "jsonl"
    CSV = "csv"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    ZIP = "zip"

    @property
    def is_plain(self) -> bool:
        """Whether the bytes are text that needs no parser."""
        return self in {Format.MARKDOWN, Format.TEXT, Format.JSON_LINES, Format.CSV}


_BY_SUFFIX: Mapping[str, Format] = {
    **dict.fromkeys((".md", ".markdown"), Format.MARKDOWN),
    **dict.fromkeys((".txt", ".text"), Format.TEXT),
    **dict.fromkeys((".jsonl", ".ndjson"), Format.JSON_LINES),
    **dict.fromkeys((".csv", ".tsv"), Format.CSV),
    **dict.fromkeys((".html", ".htm", ".shtml", ".xhtml"), Format.HTML),
    ".pdf": Format.PDF,
    ".docx": Format.DOCX,
    ".xlsx": Format.XLSX,
    ".zip": Format.ZIP,
}
_DOCX = "请用 Word 或 WPS 打开后另存为 .docx 再导入"
_XLSX = "请用 Excel 或 WPS 打开后另存为 .xlsx 再导入"
_OFD = "请用 OFD 阅读软件另存为有文字的 PDF，或导入原来的 .docx"
_PICTURE = "图片里没有文字，请用文字识别软件转成 .docx 再导入"
_REFUSED: Mapping[str, str] = {
    **dict.fromkeys((".doc", ".wps", ".wpt", ".rtf", ".odt", ".dot", ".pages"), _DOCX),
    **dict.fromkeys((".xls", ".et", ".ods", ".xlsb"), _XLSX),
    **dict.fromkeys((".ppt", ".pptx", ".dps"), "演示文稿不收，请把内容另存为 .docx 或 PDF 再导入"),
    ".ofd": _OFD,
    **dict.fromkeys((".mht", ".mhtml"), "单文件网页不收，请在浏览器里另存为“网页，仅 HTML”再导入"),
    **dict.fromkeys((".rar", ".7z", ".gz", ".tar", ".tgz"), "只收 .zip 压缩包，请解开后重新压缩为 .zip"),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp"), _PICTURE),
    **dict.fromkeys((".docm", ".dotm"), "带宏的文件不收，请另存为不带宏的 .docx"),
    **dict.fromkeys((".xlsm", ".xltm"), "带宏的文件不收，请另存为不带宏的 .xlsx"),
    ".json": "请改为一行一份的 JSONL（.jsonl）",
}
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", _DOCX),
    (b"Rar!", _REFUSED[".rar"]),
    (b"7z\xbc\xaf", _REFUSED[".7z"]),
    (b"\x1f\x8b", _REFUSED[".gz"]),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
)


def format_of(name: str, data: bytes) -> Format:
    """Return the format of a file; raise UnreadableDocument, with what to do, for one that is not read."""
    suffix = PurePath(name).suffix.lower()
    if suffix in {".docm", ".dotm", ".xlsm", ".xltm"}:
        raise UnreadableDocument(_REFUSED[suffix])
    told = _by_content(suffix, data)
    if told:
        return told
    if suffix in _REFUSED:
        raise UnreadableDocument(f"“{suffix}”格式不收：{_REFUSED[suffix]}")
    known = _BY_SUFFIX.get(suffix)
    if known is None:
        raise UnreadableDocument(f"“{suffix or '无扩展名'}”格式不收，请另存为 .docx、.xlsx、PDF、网页、Markdown 或文本")
    if known.is_plain or known is Format.HTML:
        return known
    raise UnreadableDocument("文件是空的" if not data else f"内容不是 {suffix} 文件，可能已损坏，请重新另存为 {suffix}")


def _by_content(suffix: str, data: bytes) -> Format | None:
    """Return the format that the bytes show whatever the name says; None where they show none."""
    if data.startswith(_OLE):
        raise UnreadableDocument(_ole(suffix, data))
    if b"%PDF-" in data[:1024]:
        return Format.PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(data)
    for signature, reason in _SIGNATURES:
        if data.startswith(signature):
            raise UnreadableDocument(reason)
    if _HTML.match(data[:_SNIFFED]):
        return Format.HTML
    if _MIME.match(data[:_SNIFFED]) and _BY_SUFFIX.get(suffix) is None:
        raise UnreadableDocument(_REFUSED[".mht"])
    return None


def _ole(suffix: str, data: bytes) -> str:
    if _ENCRYPTED in data[: 1 << 20]:
        return "文件加了密码，请先去掉密码再导入"
    if suffix in {".xls", ".et", ".xlsx"}:
        return f"旧版表格不收：{_XLSX}"
    return f"旧版文档不收：{_DOCX}"


def _zipped(data: bytes) -> Format:
    names = names_in(data)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UnreadableDocument("带宏的文件不收，请另存为不带宏的 .docx 或 .xlsx")
    if "word/document.xml" in names:
        return Format.DOCX
    if "xl/workbook.xml" in names:
        return Format.XLSX
    if "OFD.xml" in names:
        raise UnreadableDocument(_OFD)
    if "ppt/presentation.xml" in names:
        raise UnreadableDocument(_REFUSED[".pptx"])
    if "mimetype" in names and "content.xml" in names:
        raise UnreadableDocument(_DOCX)
    return Format.ZIP
