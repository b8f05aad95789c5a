"""A citizen's own look at a case, by number and query code."""

import hmac
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from register.attempts import Attempts
from register.docket import Head
from register.errors import UnknownCase
from register.letters.kinds import TO_THE_APPLICANT, kind_of
from register.ports import Register, Requests
from register.types import Case, CaseKind, Event, Step

ASKER_LIMIT = 10
"""Wrong attempts per asker within WINDOW."""
WINDOW = timedelta(minutes=10)
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－﹣", "-"))


LONGEST = 64


def _typed(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text[:LONGEST].translate(DASHES))
    return "".join(sign for sign in plain if sign.isprintable() and not sign.isspace())


@dataclass(slots=True)
class Lookup:
    """Gives a case to who knows its number and its query code, and tells everybody else nothing.

    One object serves chat and web page, because it counts the wrong attempts. They are counted per asker only: a case
    number that could be closed by guessing would let anybody lock its citizen out, and a code is one of 31^8.
    """

    register: Register
    now: Callable[[], datetime]
    requests: Requests | None = None
    """Where formal requests are kept; None where the office takes none."""
    _askers: Attempts = field(init=False)

    def __post_init__(self) -> None:
        self._askers = Attempts(self.now, limit=ASKER_LIMIT, window=WINDOW)

    async def find(self, reference: str, code: str, *, asker: str) -> Case | None:
        """Return the case, or None: no such number, a wrong code or too many attempts, which must all look the same.

        Full-width letters, other dashes, blanks and small letters are accepted. `asker` is who is counted: the chat
        user, or the address of the browser.
        """
        number, secret = _typed(reference), _typed(code)
        # an unknown number takes the same way as a wrong code: one read, one comparison, one count
        case = await self._read(number)
        known = case.code if case else ""
        right = hmac.compare_digest(secret.upper().encode(), known.upper().encode()) and bool(known)
        if self._askers.exhausted(asker):
            return None
        if not right:
            self._askers.note(asker)
            return None
        return case

    async def answers(self, case: Case) -> tuple[Event, ...]:
        """Return what staff have told the citizen on this case, oldest first: for a formal request its letters."""
        if self.requests is not None and case.kind is CaseKind.REQUEST:
            papers = await self.requests.papers(case.reference)
            return tuple(
                Event(paper.at, paper.by, Step.ANSWER, paper.text)
                for paper in papers
                if kind_of(paper.kind) in TO_THE_APPLICANT
            )
        told = (Step.ANSWER, Step.CLOSE)
        return tuple(
            event for event in await self.register.history(case.reference) if event.step in told and event.note
        )

    async def head(self, case: Case) -> Head | None:
        """Return where a formal request stands, or None for an inquiry."""
        if self.requests is None or case.kind is not CaseKind.REQUEST:
            return None
        return (await self.requests.heads([case.reference])).get(case.reference)

    async def _read(self, reference: str) -> Case | None:
        try:
            return await self.register.get(reference)
        except UnknownCase:
            return None
