"""The guide to disclosure (公开指南, 国令711号 art. 12): who answers, what is open, how to apply, and where to turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from console.pages import Pages, today
from register.letters.composition import Agency
from register.terms import Terms, terms_on


@dataclass(frozen=True, slots=True)
class GuideViews:
    """The guide; without `agency` the office has not said yet where it takes requests."""

    pages: Pages
    agency: Agency | None
    terms: Sequence[Terms]
    now: Callable[[], datetime]
    fees: bool = field(kw_only=True)

    async def show(self, request: web.Request) -> web.Response:
        """Show the guide, with the terms of the law that hold today."""
        terms = terms_on(self.terms, today(self.now()))
        return self.pages.show(request, "guide.html", agency=self.agency, terms=terms, fees=self.fees)
