import io
import struct
import zlib
from zipfile import ZIP_BZIP2, ZIP_STORED, ZipFile, ZipInfo

import pytest

from knowledge.errors import UnreadableDocument
from knowledge.readers import Reading, read_file
from knowledge.readers.package import MOST_FILES, check_parts, names_in
from tests.knowledge.readers.files import excel, word_of, zipped

TEXT = "浚县民政局关于低保的通知\n正文。".encode()


def read(data: bytes) -> dict[str, Reading]:
    return {reading.place: reading for reading in read_file("in/包.zip", data)}


def refusal(data: bytes) -> str:
    (reading,) = read(data).values()
    assert reading.document is None
    return reading.reason


def stored(name: str, content: bytes = TEXT, **fields: int) -> bytes:
    info = ZipInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr(info, content)
    return out.getvalue()


def test_each_file_of_an_archive_is_read_in_its_place() -> None:
    files = {"通知.txt": TEXT, "表/问答.xlsx": excel({"表": [["问题", "答案"], ["甲？", "乙"]]}), "旧.doc": b"\xd0"}
    found = read(zipped(files))

    assert [(place, bool(reading.document)) for place, reading in found.items()] == [
        ("in/包.zip/通知.txt", True),
        ("in/包.zip/表/问答.xlsx:2", True),
        ("in/包.zip/旧.doc", False),
    ]


def test_hidden_files_and_what_systems_leave_behind_are_passed_over() -> None:
    litter = ["__MACOSX/._a.txt", ".DS_Store", "a/.git/x.txt", "Thumbs.db", "desktop.ini"]

    assert list(read(zipped({**dict.fromkeys(litter, b"x"), "a.txt": TEXT}))) == ["in/包.zip/a.txt"]


def test_names_written_by_chinese_windows_are_read() -> None:
    assert list(read(_without_utf_8("通知.txt".encode("gbk")))) == ["in/包.zip/通知.txt"]
    assert list(read(zipped({"通知.txt": TEXT}))) == ["in/包.zip/通知.txt"]


def _without_utf_8(raw: bytes) -> bytes:
    """An archive of one stored file whose name does not say what it is written in."""
    crc = zlib.crc32(TEXT)
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0, crc, len(TEXT), len(TEXT), len(raw), 0) + raw + TEXT
    central = struct.pack(
        *("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, crc, len(TEXT), len(TEXT), len(raw), 0, 0, 0, 0, 0, 0)
    )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(central) + len(raw), len(local), 0)
    return local + central + raw + end


@pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "a/../../b.txt", "..\\a.txt", "C:/a.txt", "C:\\a.txt"])
def test_names_that_point_out_of_the_archive_are_refused(name: str) -> None:
    assert "指向包外的文件" in refusal(stored(name))


def test_links_are_refused() -> None:
    assert "指向包外的文件" in refusal(stored("a.txt", b"/etc/passwd", external_attr=0o120777 << 16))


def test_an_archive_in_an_archive_is_refused_and_its_neighbours_are_read() -> None:
    found = read(zipped({"内.zip": zipped({"a.txt": TEXT}), "a.txt": TEXT}))

    assert found["in/包.zip/内.zip"].reason == "压缩包里还有压缩包，请先解开"
    assert found["in/包.zip/a.txt"].document


def test_bombs_are_refused_unopened() -> None:
    assert "解开后过大" in refusal(zipped({"a.txt": b"\x00" * (64 << 20)}))
    assert "解开后过大" in refusal(zipped({f"{each}.txt": b"0" * (1 << 20) for each in range(8)}))
    assert "解开后过大" in refusal(zipped({"word/document.xml": b" " * (64 << 20)}))


def test_too_many_files_are_refused() -> None:
    assert f"超过 {MOST_FILES} 个文件" in refusal(zipped({f"{each}.txt": b"" for each in range(MOST_FILES + 1)}))


@pytest.mark.parametrize(("at", "value"), [(10, b"\xff\xff"), (12, b"\xff\xff\xff\x7f")], ids=["count", "directory"])
def test_a_table_of_contents_that_would_fill_the_memory_is_refused_unread(at: int, value: bytes) -> None:
    data = bytearray(zipped({"a.txt": TEXT}))
    end = data.rfind(b"PK\x05\x06")
    data[end + at : end + at + len(value)] = value

    assert "个文件，请分成几个" in refusal(bytes(data))


def test_encrypted_archives_are_refused() -> None:
    data = bytearray(zipped({"a.txt": TEXT}))
    for sign, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(sign) + flag] |= 1

    assert refusal(bytes(data)) == "压缩包加了密码，请先去掉密码再导入"


def test_unusual_ways_of_packing_are_refused() -> None:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_BZIP2) as archive:
        archive.writestr("a.txt", TEXT)

    assert "压缩方式不支持" in refusal(out.getvalue())


def test_damaged_and_empty_archives_are_refused() -> None:
    whole = zipped({"a.txt": TEXT * 50})
    wrong = bytearray(whole)
    wrong[50:60] = b"x" * 10

    assert refusal(whole[:-30]) == "压缩文件有损坏或不完整，请重新压缩或另存"
    assert refusal(bytes(wrong)) == "压缩文件有损坏或不完整，请重新压缩或另存"
    assert refusal(zipped({})) == "压缩包是空的"
    assert refusal(zipped({"a/": b""})) == "压缩包是空的"


def test_parts_that_declare_entities_are_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><w:document>&a;</w:document>'
    data = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": bomb})

    with pytest.raises(UnreadableDocument, match="XML 实体"):
        check_parts(data)
    check_parts(word_of("正文。"))
    assert "word/document.xml" in names_in(data)


def test_stored_files_are_read() -> None:
    assert list(read(stored("a.txt", compress_type=ZIP_STORED))) == ["in/包.zip/a.txt"]
