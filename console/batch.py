"""One import from the browser: whose it is, how far it is, and what came of each file."""

import json
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self

from knowledge.types import ImportRow, Outcome

FILE = "state.json"
SILENT = timedelta(minutes=1)
"""After this time without a sign of life the process that worked on it is gone."""
LONGEST_REASON = 500
MOST_ROWS = 2000
"""Rows of one import that are kept to be shown."""
MOST_FINDINGS = 5
"""Findings of one row that are shown."""
_ORDER = (Outcome.REFUSED, Outcome.REMOVED, Outcome.UPDATED, Outcome.CREATED, Outcome.UNCHANGED)
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
    counts: Mapping[Outcome, int] = field(default_factory=dict)
    """How many rows have each result, those that are not kept among them."""
    departed: int = 0
    """How many published texts the source no longer has."""
    prune: bool = False
    """Whether those are to be taken down."""

    def counted(self, result: Outcome) -> int:
        """Return how many rows have this result."""
        return self.counts.get(result, 0)

    @property
    def more(self) -> int:
        """How many rows there are beside those kept."""
        return sum(self.counts.values()) - len(self.rows)

    def ended(self, rows: Sequence[ImportRow], folder: Path) -> "Batch":
        """Return the state with what came of each row: all counted, the first kept, those that need a look first."""
        counts = dict(Counter(row.result for row in rows))
        shown = sorted(rows, key=lambda row: _ORDER.index(row.result))[:MOST_ROWS]
        departed = sum(row.departed and row.published for row in rows)
        kept = tuple(Row.of(row, folder) for row in shown)
        return replace(self, rows=kept, counts=counts, departed=departed)

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
            counts = {Outcome(name): int(count) for name, count in kept["counts"].items()}
            far = {name: kept[name] for name in ("done", "total", "departed", "prune")}
            return cls(by=kept["by"], at=at, phase=phase, rows=rows, counts=counts, **far)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None


def _shown(text: str, folder: Path) -> str:
    parts = text.split(f"{folder}{os.sep}")
    return "".join([parts[0], *(_NUMBERED.sub("", part) for part in parts[1:])])
