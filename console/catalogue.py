"""The citizens' catalogue (公开目录): what is disclosed, by topic, and each text as a page of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from aiohttp import web

from console import texts
from console.blocks import BlockKind, blocks
from console.forms import cleaned, whole_number
from console.pages import Pages, today
from knowledge.ports import Catalogue
from knowledge.term import judge
from knowledge.types import Document

PAGE = 20
LONGEST = 100
SUMMARY = 90
"""Characters of a text shown as what it is about."""


@dataclass(frozen=True, slots=True)
class CatalogueViews:
    """Views of the catalogue; `topics` is the topic tree in its order, `allow` counts a visitor's address."""

    pages: Pages
    catalogue: Catalogue
    topics: Sequence[str]
    allow: Callable[[web.Request], bool]
    now: Callable[[], datetime]

    async def show(self, request: web.Request) -> web.Response:
        """Show the topics, and one page of the documents of a topic or with a text in their title."""
        if not self.allow(request):
            raise web.HTTPTooManyRequests
        topic, text = (cleaned(request.query.get(name, "")).strip()[:LONGEST] for name in ("topic", "text"))
        number = max(whole_number(request.query.get("page", ""), otherwise=1), 1)
        page = await self.catalogue.find(topic=topic, text=text, offset=(number - 1) * PAGE, limit=PAGE)
        counts = await self.catalogue.topics()
        on = today(self.now())
        return self.pages.show(
            request,
            "catalogue.html",
            topics=[(name, counts[name]) for name in (*self.topics, *_others(counts, self.topics)) if counts.get(name)],
            all_of_them=sum(counts.values()),
            topic=topic,
            text=text,
            documents=[(_judged(each, on), _summary(each.text)) for each in page.documents],
            total=page.total,
            number=number,
            last=-(-page.total // PAGE),
        )

    async def document(self, request: web.Request) -> web.Response:
        """Show a text with its facts; 404 for what is not disclosed or was taken down."""
        if not self.allow(request):
            raise web.HTTPTooManyRequests
        found = await self.catalogue.get(request.match_info["id"])
        if found is None:
            raise web.HTTPNotFound
        document = _judged(found, today(self.now()))
        successor = await self.catalogue.get(document.successor) if document.successor else None
        return self.pages.show(
            request,
            "catalogue_document.html",
            document=document,
            successor=successor,
            labels=texts.FIELD,
        )


def _others(counts: Mapping[str, int], known: Sequence[str]) -> Sequence[str]:
    """Return the topics that are not in the tree, those without a name last."""
    return sorted(counts.keys() - set(known), key=lambda name: (not name, name))


def _judged(document: Document, on: date) -> Document:
    """Return a document with the validity it has on a day."""
    validity = judge(document.validity, effective_on=document.effective_on, expires_on=document.expires_on, today=on)
    return replace(document, validity=validity)


def _summary(text: str) -> str:
    """Return the beginning of a text, without headings and tables."""
    said = " ".join(each.rows[0][0] for each in blocks(text[: SUMMARY * 20]) if each.kind is BlockKind.TEXT)
    return said[:SUMMARY] + ("…" if len(said) > SUMMARY else "")
