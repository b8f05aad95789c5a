"""The geometry of a column chart, for an SVG that the template draws."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 240
LEFT, TOP, BOTTOM = 44, 12, 30
GAP = 0.25
"""Share of each place that is left free."""
MOST_LABELS = 10
MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Point:
    """One column: a whole, and a part of it."""

    label: str
    whole: int
    part: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column where it stands; `shown` tells whether its label has room."""

    point: Point
    x: float
    width: float
    whole_y: float
    part_y: float
    shown: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns over lines with their numbers; all in the units of a view of `width` by `height`."""

    columns: tuple[Column, ...]
    lines: tuple[tuple[int, float], ...]
    floor: float = HEIGHT - BOTTOM
    left: int = LEFT
    width: int = WIDTH
    height: int = HEIGHT


def chart(points: Sequence[Point]) -> Chart:
    """Return the chart of these points, scaled to the largest whole."""
    step = _step(max((point.whole for point in points), default=0))
    top = max(-(-max((point.whole for point in points), default=0) // step), 1) * step
    room, place = HEIGHT - TOP - BOTTOM, (WIDTH - LEFT) / max(len(points), 1)

    def y(value: int) -> float:
        return round(TOP + room * (1 - value / top), 1)

    every = -(-len(points) // MOST_LABELS)
    columns = tuple(
        Column(
            point,
            x=round(LEFT + place * (number + GAP / 2), 1),
            width=round(place * (1 - GAP), 1),
            whole_y=y(point.whole),
            part_y=y(min(point.part, point.whole)),
            shown=number % every == 0,
        )
        for number, point in enumerate(points)
    )
    return Chart(columns, tuple((value, y(value)) for value in range(0, top + 1, step)))


def _step(most: int) -> int:
    """Return the distance of the lines: 1, 2 or 5 times a power of ten, so that there are few."""
    power = 1
    while True:
        for times in (1, 2, 5):
            if most <= times * power * MOST_LINES:
                return times * power
        power *= 10
