"""The import of documents as the settings want it, and how far it is, on the line of a terminal."""

from collections.abc import Callable
from typing import TextIO

from config.settings import Settings
from console.pages import today
from knowledge.importer import Importer
from knowledge.intake import ReviewedIntake
from knowledge.origins import Departures
from wiring.index import open_topics
from wiring.parts import Parts, utc_now
from wiring.review import review_desk

_WIDTH = 30
_LONGEST_NAME = 40


def importer(settings: Settings, parts: Parts) -> Importer:
    """Return an importer for today, through the review gate."""
    topics = open_topics()
    intake = ReviewedIntake(review_desk(settings, parts))
    departures = Departures(parts.origins, parts.documents)
    return Importer(intake, documents=parts.documents, topics=topics, today=today(utc_now()), departures=departures)


def progress_on(terminal: TextIO) -> Callable[[int, int, str], None] | None:
    """Return what draws a progress bar on a terminal; None for what is none."""
    if not terminal.isatty():
        return None

    def draw(done: int, total: int, name: str) -> None:
        filled = _WIDTH * done // total
        last = "\n" if done == total else ""
        bar = f"{'█' * filled}{'░' * (_WIDTH - filled)}"
        terminal.write(f"\r\x1b[K{bar} {done}/{total} {name[-_LONGEST_NAME:]}{last}")
        terminal.flush()

    return draw
