"""One import from the browser: whose it is, how far it is, and what came of each file."""

import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self

from knowledge.types import ImportRow, Outcome

FILE = "state.json"
SILENT = timedelta(minutes=1)
"""After this time without a sign of life the process that worked on it is gone."""
LONGEST_REASON = 500
MOST_FINDINGS = 5
"""Findings of one row that are shown."""
_NUMBERED = re.compile(r"^\d{4}/")


class Phase(StrEnum):
    """How far an import is."""

    READING = "reading"
    """Finding out what would happen (试运行)."""
    READY = "ready"
    """Waiting for the editor to confirm."""
    STORING = "storing"
    DONE = "done"
    FAILED = "failed"


RUNNING = frozenset({Phase.READING, Phase.STORING})


@dataclass(frozen=True, slots=True)
class Row:
    """What happens, or happened, to one file or record."""

    path: str
    result: Outcome
    reason: str
    document: str
    title: str
    number: str
    characters: int
    findings: tuple[str, ...]
    more_findings: int

    @classmethod
    def of(cls, row: ImportRow, folder: Path) -> Self:
        """Return the row with the place of the upload left out."""
        document = row.document
        shown = tuple(f"{each.kind}（{each.where}）{each.excerpt}" for each in row.findings[:MOST_FINDINGS])
        return cls(
            path=_shown(row.path, folder),
            result=row.result,
            reason=_shown(row.reason, folder)[:LONGEST_REASON],
            document=document.id if document else "",
            title=document.title if document else "",
            number=document.number if document else "",
            characters=len(document.text) if document else 0,
            findings=shown,
            more_findings=max(len(row.findings) - MOST_FINDINGS, 0),
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """The state of one import; it lies beside the files, so that every process of the server can show it."""

    by: str
    at: datetime
    """When it last gave a sign of life."""
    phase: Phase
    done: int = 0
    total: int = 0
    rows: tuple[Row, ...] = ()

    def counted(self, result: Outcome) -> int:
        """Return how many rows have this result."""
        return sum(row.result is result for row in self.rows)

    @property
    def new(self) -> int:
        """How many texts there are to bring."""
        return self.counted(Outcome.CREATED) + self.counted(Outcome.UPDATED)

    def now(self, now: datetime) -> "Batch":
        """Return the state as it is to be believed: one that went silent while it was running has failed."""
        silent = self.phase in RUNNING and now - self.at > SILENT
        return replace(self, phase=Phase.FAILED) if silent else self

    def save(self, folder: Path) -> None:
        """Keep the state, in one rename."""
        aside = folder / f".{FILE}.{os.getpid()}"
        aside.write_text(json.dumps(asdict(self), ensure_ascii=False, default=datetime.isoformat), encoding="utf-8")
        aside.replace(folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """Return the state kept in a folder, None where there is none that can be read."""
        try:
            kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
            rows = tuple(
                Row(**{**row, "result": Outcome(row["result"]), "findings": tuple(row["findings"])})
                for row in kept["rows"]
            )
            at, phase = datetime.fromisoformat(kept["at"]), Phase(kept["phase"])
            return cls(by=kept["by"], at=at, phase=phase, done=kept["done"], total=kept["total"], rows=rows)
        except (OSError, ValueError, KeyError, TypeError):
            return None


def rows_of(rows: Iterable[ImportRow], folder: Path) -> tuple[Row, ...]:
    """Return the rows of an import, those that need a look first."""
    order = (Outcome.REFUSED, Outcome.REMOVED, Outcome.UPDATED, Outcome.CREATED, Outcome.UNCHANGED)
    shown = [Row.of(row, folder) for row in rows]
    return tuple(sorted(shown, key=lambda row: order.index(row.result)))


def _shown(text: str, folder: Path) -> str:
    parts = text.split(f"{folder}{os.sep}")
    return "".join([parts[0], *(_NUMBERED.sub("", part) for part in parts[1:])])
