from pathlib import Path

import pytest

from knowledge.level import FIELDS, Field, Level, write_level
from knowledge.postings import Postings

# the first search of a process compiles
pytestmark = pytest.mark.timeout(60)
CORPUS = [["低保", "申请", "材料", "低保"], ["公积金", "提取"], ["低保", "标准"], []]
SAVED = (
    *(f"{name}.npy" for name in Postings._fields),
    *(f"{field}/{file}" for field in FIELDS for file in ("index.json", "vocabulary.npy", "idf.npy", "doc_len.npy")),
)


def test_each_field_scores_as_before_it_was_saved(tmp_path: Path) -> None:
    fields = [Field.over(CORPUS), Field.over(["低保申请材料", "公积金提取", "低保标准", ""]), Field.over([[]] * 4)]
    write_level(tmp_path, fields)
    level = Level.load(tmp_path)

    assert level.size == 4
    for field, loaded in zip(fields, level.fields, strict=True):
        for query in (["低保", "材料"], ["提"], ["低"]):
            assert loaded.get_scores(query).tolist() == field.get_scores(query).tolist()
            assert loaded.top(query, 2)[0].tolist() == field.top(query, 2)[0].tolist()


@pytest.mark.parametrize("name", SAVED)
@pytest.mark.parametrize("damage", ["missing", "empty", "short", "foreign"])
def test_a_damaged_level_is_not_loaded(tmp_path: Path, name: str, damage: str) -> None:
    folder, other = tmp_path / "level", tmp_path / "other"
    write_level(folder, [Field.over(CORPUS)] * 3)
    write_level(other, [Field.over([["低保"]] * 3)] * 3)
    file = folder / name
    if damage == "missing":
        file.unlink()
    else:
        whole = file.read_bytes()
        file.write_bytes({"empty": b"", "short": whole[:-1], "foreign": (other / name).read_bytes()}[damage])

    with pytest.raises((OSError, ValueError)):
        Level.load(folder)
