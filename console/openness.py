"""What everybody may read without asking: the guide and the catalogue, and their routes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from console.catalogue import CatalogueViews
from console.door import Handler
from console.guide import GuideViews
from console.pages import Pages
from knowledge.ports import Catalogue
from register.letters.composition import Agency
from register.terms import Terms


@dataclass(frozen=True, slots=True)
class Openness:
    """What guide and catalogue are made of; `agency` is None where the office has not said where it takes requests."""

    catalogue: Catalogue
    topics: Sequence[str]
    terms: Sequence[Terms]
    now: Callable[[], datetime]
    agency: Agency | None = None
    fees: bool = False


def openness_routes(
    pages: Pages, openness: Openness, allow: Callable[[web.Request], bool], front: Callable[[Handler], Handler]
) -> list[web.RouteDef]:
    """Return the routes of guide and catalogue; `front` makes a citizens' page of a view."""
    catalogue = CatalogueViews(pages, openness.catalogue, openness.topics, allow, openness.now)
    guide = GuideViews(pages, openness.agency, openness.terms, openness.now, fees=openness.fees)
    return [
        web.get("/guide", front(guide.show)),
        web.get("/catalogue", front(catalogue.show)),
        web.get("/catalogue/{id:.+}", front(catalogue.document)),
    ]
