import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.enclosures import LARGEST, FileKind, NewEnclosure, Purpose, enclosed, kind_of


def packed(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name in names:
            package.writestr(name, "x")
    return made.getvalue()


PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 ...", FileKind.PDF),
        (b"\xff\xd8\xff\xe0 ...", FileKind.JPEG),
        (PNG, FileKind.PNG),
        (packed("[Content_Types].xml", "word/document.xml"), FileKind.DOCX),
        (packed("[Content_Types].xml", "xl/workbook.xml"), FileKind.XLSX),
        (packed("OFD.xml", "Doc_0/Document.xml"), FileKind.OFD),
        ("申请书：请公开。\r\n".encode(), FileKind.TEXT),
        ("申请书".encode("gb18030"), FileKind.TEXT),
        (packed("word/document.xml", "word/vbaProject.bin"), None),
        (packed("virus.exe"), None),
        (b"PK\x03\x04 broken", None),
        (b"MZ\x90\x00\x03\x00\x00", None),
        (b"\x7fELF\x02\x01", None),
        (b"", None),
        (b" \n", None),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, kind: FileKind | None) -> None:
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("证件.jpg", "证件.png"),
        ("证件", "证件.png"),
        (r"C:\Users\li\证件.exe", "证件.png"),
        ("../../etc/passwd", "passwd.png"),
        ('a"b\r\nc.png', "abc.png"),
        ("", "文件.png"),
        ("长" * 200 + ".png", "长" * 56 + ".png"),
    ],
)
def test_a_file_is_called_by_a_harmless_name_with_its_own_ending(name: str, kept: str) -> None:
    taken = enclosed(Purpose.IDENTITY, name, PNG)
    assert isinstance(taken, NewEnclosure)
    assert taken.name == kept


@pytest.mark.parametrize(
    ("purpose", "content", "says"),
    [
        (Purpose.IDENTITY, "申请书".encode(), "不是图片或者 PDF"),
        (Purpose.IDENTITY, b"MZ\x90\x00", "不是图片或者 PDF"),
        (Purpose.ATTACHMENT, b"MZ\x90\x00", "格式不支持"),
        (Purpose.REPLY, packed("virus.exe"), "格式不支持"),
        (Purpose.ATTACHMENT, b"%PDF-" + bytes(LARGEST), "超过 10 MB"),
    ],
)
def test_what_is_not_taken_is_refused_by_name_with_the_reason(purpose: Purpose, content: bytes, says: str) -> None:
    refused = enclosed(purpose, "证明.pdf", content)
    assert isinstance(refused, str)
    assert "证明.pdf" in refused
    assert says in refused


@given(st.text(), st.binary(max_size=200))
def test_no_name_and_no_content_is_too_strange(name: str, content: bytes) -> None:
    taken = enclosed(Purpose.ATTACHMENT, name, content)
    assert isinstance(taken, str) or ("/" not in taken.name and taken.name.endswith(taken.kind))
