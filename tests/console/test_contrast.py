"""Contrast of the colours in base.css, for each theme (WCAG 2.1, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "console" / "static" / "base.css"
TEXT = 4.5
EDGE = 3.0
PAIRS = [
    *[(ink, ground, TEXT) for ink in ("ink", "muted", "link") for ground in ("page", "surface", "sunken", "soft")],
    ("head-ink", "head", TEXT),
    ("head-muted", "head", TEXT),
    ("action-ink", "action", TEXT),
    ("action-ink", "action-strong", TEXT),
    *[(tone, f"{tone}-soft", TEXT) for tone in ("bad", "warn", "good")],
    *[(tone, ground, TEXT) for tone in ("bad", "warn", "good") for ground in ("surface", "page")],
    *[("edge", ground, EDGE) for ground in ("page", "surface")],
    *[("action", ground, EDGE) for ground in ("page", "surface")],
    *[("focus", ground, EDGE) for ground in ("page", "surface", "soft")],
]


def themes() -> dict[str, dict[str, str]]:
    text = CSS.read_text(encoding="utf-8")
    blocks = re.findall(r"(@media \(prefers-color-scheme: dark\) \{\s*)?:root(\[[^\]]+\])? \{(.*?)\}", text, re.DOTALL)
    light: dict[str, str] = {}
    found: dict[str, dict[str, str]] = {}
    for dark, chosen, body in blocks:
        colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", body))
        name = "dark" if dark else chosen or "light"
        light = light or colours
        if colours:
            found[name] = light | colours
    return found


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_there_are_three_themes() -> None:
    assert set(themes()) == {"light", "dark", '[data-display="contrast"]'}


@pytest.mark.parametrize("theme", themes())
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_text_and_edges_stand_out_in_every_theme(theme: str, ink: str, ground: str, least: float) -> None:
    colours = themes()[theme]
    assert contrast(colours[ink], colours[ground]) >= least
