"""What somebody asks of the queue, as it stands in the address."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Self
from urllib.parse import urlencode

from console.forms import cleaned
from register.bands import Band, span
from register.calendar import Calendar
from register.queue import EntryKind, Sight, Wanted
from register.types import Status

LONGEST = 100
NOBODY = "-"
"""The choice of a handler that asks for what nobody has; no account has this name."""
ALL = "all"


@dataclass(frozen=True, slots=True)
class Filters:
    """The choices of the queue's form; empty means any. Without a choice the open ones are asked for."""

    kind: str = ""
    status: str = Status.RECEIVED
    band: str = ""
    department: str = ""
    handler: str = ""
    unread: str = ""
    text: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Return the choices that an address holds; what is none of them is left out."""
        status = query.get("status", "")
        return cls(
            kind=_one_of(EntryKind, query.get("kind", "")),
            status=ALL if status == ALL else _one_of(Status, status) or Status.RECEIVED,
            band=_one_of(Band, query.get("band", "")),
            department=_line(query.get("department", "")),
            handler=_line(query.get("handler", "")),
            unread="1" if query.get("unread") == "1" else "",
            text=_line(query.get("text", "")),
        )

    @property
    def query(self) -> str:
        """The choices as they stand in an address, those that are the usual left out."""
        usual = asdict(Filters())
        return urlencode({name: value for name, value in asdict(self).items() if value != usual[name]})

    @property
    def is_usual(self) -> bool:
        """Whether nothing was chosen."""
        return self == Filters()

    def wanted(
        self, *, today: date, calendar: Calendar, sight: Sight | None, unread_before: datetime, offset: int, limit: int
    ) -> Wanted:
        """Return what the register is asked for on a day; a band and what nobody worked on are of open cases only."""
        band = Band(self.band) if self.band else None
        open_only = band is not None or self.unread
        chosen = Status(self.status) if self.status != ALL else None
        return Wanted(
            kind=EntryKind(self.kind) if self.kind else None,
            status=Status.RECEIVED if open_only else chosen,
            due=span(band, today, calendar) if band and band is not Band.PAUSED else None,
            paused=band is Band.PAUSED,
            department=self.department,
            handler="" if self.handler == NOBODY else self.handler,
            unassigned=self.handler == NOBODY,
            unread_before=unread_before if self.unread else None,
            text=self.text,
            sight=sight,
            offset=offset,
            limit=limit,
        )


def _one_of(members: type[EntryKind | Status | Band], text: str) -> str:
    return text if text in set(members) else ""


def _line(text: str) -> str:
    return " ".join(cleaned(text).split())[:LONGEST]
