from itertools import pairwise

import pytest

from console.charts import BOTTOM, HEIGHT, LEFT, TOP, WIDTH, Point, chart


def test_the_largest_column_reaches_the_line_above_it_and_parts_stay_within() -> None:
    drawn = chart([Point("1", 40, 10), Point("2", 0, 0), Point("3", 7, 9)])

    assert [value for value, _ in drawn.lines] == [0, 10, 20, 30, 40]
    first, empty, full = drawn.columns
    assert (first.whole_y, empty.whole_y) == (TOP, HEIGHT - BOTTOM)
    assert first.whole_y < first.part_y < drawn.floor
    assert full.part_y == full.whole_y


@pytest.mark.parametrize("most", [0, 1, 4, 9, 99, 1_000, 123_456, 1_000_000])
def test_there_are_few_lines_whatever_the_numbers(most: int) -> None:
    lines = chart([Point("x", most, 0)]).lines
    assert 2 <= len(lines) <= 6
    assert lines[-1][0] >= most


def test_columns_stand_side_by_side_within_the_picture_and_ten_are_labelled_at_most() -> None:
    drawn = chart([Point(str(number), number, 0) for number in range(62)])
    assert all(a.x + a.width < b.x for a, b in pairwise(drawn.columns))
    assert drawn.columns[0].x >= LEFT
    assert drawn.columns[-1].x + drawn.columns[-1].width <= WIDTH
    assert sum(each.shown for each in drawn.columns) <= 10


def test_without_anything_there_is_an_empty_picture() -> None:
    assert chart([]).columns == ()
