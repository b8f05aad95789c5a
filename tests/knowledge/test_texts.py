import os
from pathlib import Path

import numpy as np
import pytest

from knowledge.splice import Splice
from knowledge.texts import Texts

LONG = "政务公开" * 200_000
TEXTS = ["低保", "", LONG, "半个\ud800字符"]


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    folder = tmp_path / "earlier"
    folder.mkdir()
    Texts.write(folder, "texts", TEXTS)
    return folder


def test_texts_are_read_as_they_were_written(earlier: Path) -> None:
    texts = Texts(earlier, "texts")

    assert texts.all() == [texts[row] for row in range(len(texts))] == TEXTS


@pytest.mark.parametrize("origins", [[0, 1, 2, 3], [-1, 1, 2, -1], [2, -1, -1], [-1, 0, -1, 3], [-1], []])
def test_earlier_texts_are_taken_over_among_new_ones(origins: list[int], earlier: Path, tmp_path: Path) -> None:
    fresh = [f"第{number}条" for number in range(origins.count(-1))]
    rest = iter(fresh)

    Texts.renew(tmp_path, "texts", Splice(np.array(origins, np.int64)), earlier, fresh)
    assert Texts(tmp_path, "texts").all() == [TEXTS[row] if row >= 0 else next(rest) for row in origins]


def test_no_texts_are_texts(tmp_path: Path) -> None:
    Texts.write(tmp_path, "texts", [])

    assert Texts(tmp_path, "texts").all() == []


def test_a_file_that_is_cut_short_is_damaged(earlier: Path) -> None:
    (earlier / "texts.bin").write_bytes(b"")

    with pytest.raises(ValueError, match="cut short"):
        Texts(earlier, "texts")


def test_a_file_cut_short_while_it_is_open_is_damaged(earlier: Path) -> None:
    texts = Texts(earlier, "texts")
    os.truncate(earlier / "texts.bin", 3)

    with pytest.raises(OSError, match="cut short"):
        texts[2]
