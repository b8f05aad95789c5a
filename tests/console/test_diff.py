from dataclasses import replace

from console import diff
from console.diff import Change, Detail, Line, Piece, difference
from knowledge.types import Validity
from tests.fakes import a_document

BEFORE = a_document("办法", text="一\n二\n三\n标准为每月 750 元。\n五\n六\n七")


def texts(lines: tuple[Line, ...]) -> list[tuple[Change, str]]:
    return [(line.change, "".join(piece.text for piece in line.pieces)) for line in lines]


def test_a_changed_line_is_shown_twice_with_its_surroundings() -> None:
    found = difference(BEFORE, replace(BEFORE, text=BEFORE.text.replace("750", "820")))
    assert texts(found.lines) == [
        (Change.SKIPPED, "1"),
        (Change.SAME, "二"),
        (Change.SAME, "三"),
        (Change.REMOVED, "标准为每月 750 元。"),
        (Change.ADDED, "标准为每月 820 元。"),
        (Change.SAME, "五"),
        (Change.SAME, "六"),
        (Change.SKIPPED, "1"),
    ]
    assert not found.details


def test_what_differs_within_a_line_is_marked() -> None:
    found = difference(BEFORE, replace(BEFORE, text=BEFORE.text.replace("750", "820")))
    removed, added = found.lines[3:5]
    assert "".join(piece.text for piece in removed.pieces if piece.marked) == "75"
    assert "".join(piece.text for piece in added.pieces if piece.marked) == "82"


def test_lines_that_have_little_in_common_are_not_marked() -> None:
    found = difference(a_document("甲", text="低保标准"), a_document("甲", text="公租房怎么申请"))
    assert found.lines == (
        Line(Change.REMOVED, (Piece("低保标准"),)),
        Line(Change.ADDED, (Piece("公租房怎么申请"),)),
    )


def test_changed_metadata_is_named_with_both_values() -> None:
    after = replace(BEFORE, validity=Validity.REPEALED, published_on=None, digest="x")
    assert difference(BEFORE, after).details == (
        Detail("published_on", "2025-06-01", ""),
        Detail("validity", "现行有效", "已废止"),
    )


def test_equal_documents_differ_in_nothing() -> None:
    assert difference(BEFORE, BEFORE) == diff.Difference((), ())


def test_texts_too_long_to_compare_are_cut_and_said_to_be() -> None:
    long = replace(BEFORE, text="\n".join(f"第{number}行" for number in range(diff.MOST + 5)))
    found = difference(long, replace(long, text=f"{long.text}\n尾"))
    assert found.cut
    assert not found.lines
