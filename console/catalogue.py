"""The citizens' catalogue (公开目录): what is disclosed, by topic, and each text as a page of its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from aiohttp import web

from console import texts
from console.forms import cleaned, whole_number
from console.pages import Pages, today
from knowledge.ports import Catalogue
from knowledge.term import judge
from knowledge.types import Document

PAGE = 20
LONGEST = 100
SUMMARY = 90
"""Characters of a text shown as what it is about."""


class BlockKind(StrEnum):
    """What a stretch of a text is."""

    HEADING = "heading"
    TABLE = "table"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a text: a heading, a table's rows of cells, or a paragraph as one row of one cell."""

    kind: BlockKind
    rows: tuple[tuple[str, ...], ...]


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
            blocks=tuple(blocks(document.text)),
            labels=texts.FIELD,
        )


def blocks(text: str) -> Iterator[Block]:
    """Yield a Markdown-like text in stretches: "#" lines are headings, neighbouring "|" lines one table."""
    rows: list[tuple[str, ...]] = []
    for line in (*text.splitlines(), ""):
        row = _row(line)
        if row is not None:
            rows += [row] if any(row) else []
            continue
        if rows:
            yield Block(BlockKind.TABLE, tuple(rows))
            rows = []
        if line.strip():
            heading = line.startswith("#")
            said = line.lstrip("#").strip() if heading else line.strip()
            yield Block(BlockKind.HEADING if heading else BlockKind.TEXT, ((said,),))


def _row(line: str) -> tuple[str, ...] | None:
    """Return the cells of a line of a table, all empty for the rule under its head; None for any other line."""
    stripped = line.strip()
    if not stripped.startswith("|"):
        return None
    cells = tuple(cell.strip() for cell in stripped.strip("|").split("|"))
    return ("",) if all(set(cell) <= set("-: ") for cell in cells) else cells


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
