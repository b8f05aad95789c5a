"""The hit test: what a question finds, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from aiohttp import web

from console import texts
from console.auth import Staff
from console.forms import cleaned
from console.pages import Pages
from console.ports import Role
from console.rooms import ENTER, Room
from knowledge.explanation import Contribution
from knowledge.ports import Explainer

LONGEST = 500
TERMS = 12
"""Terms of one field that are shown for one result."""
MAY_LINK = frozenset({Role.OFFICER, Role.EDITOR})


@dataclass(frozen=True, slots=True)
class Share:
    """What one field of one level gave to a result, its terms highest first; `more` of them are not shown."""

    level: str
    field: str
    score: float
    terms: tuple[Contribution, ...]
    more: int


def shares(contributions: Iterable[Contribution]) -> tuple[Share, ...]:
    """Return the contributions by level and field, the largest sum first."""
    grouped: dict[tuple[str, str], list[Contribution]] = {}
    for contribution in contributions:
        grouped.setdefault((contribution.level, contribution.field), []).append(contribution)
    found = []
    for (level, field), each in grouped.items():
        terms = sorted(each, key=lambda contribution: -contribution.score)
        score = sum(contribution.score for contribution in each)
        found.append(Share(level, field, score, tuple(terms[:TERMS]), max(len(terms) - TERMS, 0)))
    return tuple(sorted(found, key=lambda share: -share.score))


@dataclass(frozen=True, slots=True)
class HitTestViews:
    """The hit test."""

    pages: Pages
    explainer: Explainer

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the form, and the explanation of the `question` in the address."""
        question = " ".join(cleaned(request.query.get("question", "")).split())[:LONGEST]
        explanation = await self.explainer.explain(question) if question else None
        return self.pages.show(
            request,
            "hit_test.html",
            staff=staff,
            question=question,
            explanation=explanation,
            results=[(result, shares(result.contributions)) for result in explanation.results] if explanation else [],
            place=f"{self.pages.base}{Room.HIT_TEST}",
            may_link=staff.role in MAY_LINK,
            may_save=staff.role in ENTER[Room.TEST_QUESTIONS],
            may_add_synonyms=staff.role in ENTER[Room.VOCABULARY],
            done=texts.HIT_TEST_DONE.get(request.query.get("done", ""), ""),
        )
