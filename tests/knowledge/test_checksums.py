from pathlib import Path

import pytest

from knowledge.checksums import verify, write_checksums


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "level").mkdir()
    (tmp_path / "level" / "rows.npy").write_bytes(bytes(3 << 20))
    (tmp_path / "names.npy").write_bytes(b"names")
    write_checksums(tmp_path)
    return tmp_path


def test_files_are_what_was_written(folder: Path) -> None:
    verify(folder)


def test_a_file_that_came_later_does_not_matter(folder: Path) -> None:
    (folder / "facts.json").write_text("{}")
    verify(folder)


@pytest.mark.parametrize("place", [0, 1 << 20, (3 << 20) - 1])
def test_one_changed_byte_is_damage(folder: Path, place: int) -> None:
    content = bytearray(3 << 20)
    content[place] = 1
    (folder / "level" / "rows.npy").write_bytes(content)

    with pytest.raises(ValueError, match=r"level/rows\.npy"):
        verify(folder)


def test_a_file_that_is_gone_is_damage(folder: Path) -> None:
    (folder / "names.npy").unlink()

    with pytest.raises(OSError, match=r"names\.npy"):
        verify(folder)


@pytest.mark.parametrize(
    ("written", "said"), [("", "Expecting value"), ("[]", "damaged"), ('{"names.npy": null}', r"names\.npy")]
)
def test_checksums_that_cannot_be_read_are_damage(folder: Path, written: str, said: str) -> None:
    (folder / "checksums.json").write_text(written)

    with pytest.raises(ValueError, match=said):
        verify(folder)
