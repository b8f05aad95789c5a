"""The processing fee for excessive requests (国办函〔2020〕109号), computed from rules that are data; pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from register.errors import UnreadableRules


@dataclass(frozen=True, slots=True)
class Band:
    """The units up to and with number `through` that no lower band holds, and what each costs in yuan."""

    through: int
    yuan: int


@dataclass(frozen=True, slots=True)
class Beyond:
    """What each unit above the bands costs in yuan; `increase` is added for each further `step` units, 0 for never."""

    yuan: int
    step: int = 0
    increase: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """Units of one price in a computation: from number `first` to `last`, each at `yuan`."""

    first: int
    last: int
    yuan: int

    @property
    def amount(self) -> int:
        """What these units cost together, in yuan."""
        return (self.last - self.first + 1) * self.yuan


@dataclass(frozen=True, slots=True)
class Cost:
    """A fee in whole yuan and its computation, line by line, free units included."""

    lines: tuple[Line, ...]

    @property
    def amount(self) -> int:
        """The whole fee in yuan."""
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True, slots=True)
class Scale:
    """A progressive price: each unit costs what its own band says."""

    bands: tuple[Band, ...]
    beyond: Beyond

    def fee(self, units: int, *, before: int = 0) -> Cost:
        """Return the fee for units that follow `before` others; raises ValueError for a negative number."""
        if units < 0 or before < 0:
            raise ValueError("a fee is for no negative number of units")
        lines: list[Line] = []
        at, end = before + 1, before + units
        while at <= end:
            through, yuan = self._price(at)
            last = end if through is None else min(end, through)
            lines.append(Line(at, last, yuan))
            at = last + 1
        return Cost(tuple(lines))

    def _price(self, unit: int) -> tuple[int | None, int]:
        """Return up to which number this unit's price holds, None for ever, and the price."""
        band = next((band for band in self.bands if unit <= band.through), None)
        if band is not None:
            return band.through, band.yuan
        if not self.beyond.step:
            return None, self.beyond.yuan
        steps, top = self.beyond.step, self.bands[-1].through if self.bands else 0
        further = (unit - top - 1) // steps
        return top + (further + 1) * steps, self.beyond.yuan + further * self.beyond.increase


@dataclass(frozen=True, slots=True)
class FeeRules:
    """The scales; one request is charged by one of them, never by both.

    `per_item` counts an applicant's requests of one natural month, `per_page` the pages of one request.
    """

    basis: str
    per_item: Scale
    per_page: Scale


def read_fees(text: str) -> FeeRules:
    """Return the rules written in TOML (config/fees.toml).

    Raises UnreadableRules, in Chinese, for what is no TOML, a missing or unknown name, a number that is no whole number
    of yuan or units, or bands that do not rise.
    """
    try:
        content = tomllib.loads(text)
        rules = FeeRules(
            basis=content.pop("basis"),
            per_item=_scale(content.pop("per_item")),
            per_page=_scale(content.pop("per_page")),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableRules(f"收费文件写法有误：{error}") from error
    if content:
        raise UnreadableRules(f"收费文件里没有这个名称：{next(iter(content))}")
    return rules


def _scale(entry: Mapping[str, Any]) -> Scale:
    scale = Scale(tuple(Band(**band) for band in entry["bands"]), Beyond(**entry["beyond"]))
    beyond = scale.beyond
    numbers = [number for band in scale.bands for number in (band.through, band.yuan)]
    numbers += [beyond.yuan, beyond.step, beyond.increase]
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise UnreadableRules("收费标准应为不小于 0 的整数")
    limits = [band.through for band in scale.bands]
    if limits != sorted(set(limits)) or 0 in limits:
        raise UnreadableRules("收费各档的 through 应从小到大")
    return scale
