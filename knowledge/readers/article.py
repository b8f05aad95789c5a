"""One document made of what a reader found."""

from collections.abc import Mapping
from datetime import date
from pathlib import PurePath

from knowledge.header import Header, read_header
from knowledge.readers.reading import Article, Reading
from knowledge.records import check_length, read_record
from knowledge.term import Term, read_repeals
from knowledge.title import named_title
from knowledge.types import Kind

_VALIDITY_IN_NAME = frozenset({"有效", "现行有效", "废止", "已废止", "失效", "已失效"})


def reading_of(article: Article, place: str, *, today: date | None = None) -> Reading:
    """Return the document of an article: stated goes before shown on the page, that before said in the text.

    Raises UnreadableDocument when a value stated is not understood or no text is left.
    """
    check_length(article.text)
    stem, *words = PurePath(place).stem.split(".")
    header = read_header(article.text)
    title = article.stated.get("title") or article.title or _title(article, header, stem)
    found: dict[str, object] = {
        "number": header.number,
        "published_on": header.published_on,
        "validity": next((word for word in words if word in _VALIDITY_IN_NAME), ""),
        **_filled(article.shown),
        "issuer": _issuer(article, header),
        **_filled(article.stated),
        "title": title,
        "text": _without_title(header.text, str(title)),
    }
    reason = f"没有用到的项：{'、'.join(article.unused)}" if article.unused else article.remark
    told = Term(header.effective_on, header.expires_on)
    document = read_record(found, told=told, today=today)
    repeals = read_repeals(header.text) if document.kind is Kind.POLICY else ()
    return Reading(place, document, reason, repeals, _dropped(article, header))


def _dropped(article: Article, header: Header) -> str:
    """Return the lines that the reader, or the header as furniture of the page, left out of the text."""
    kept = {*header.text.split("\n")}
    return "\n".join([article.dropped, *(line for line in article.text.split("\n") if line not in kept)]).strip()


def _title(article: Article, header: Header, stem: str) -> str:
    """Return what the file or its metadata is called, if a line of the text says the same, else what the text says."""
    lines = [line for line in article.text.split("\n") if line.strip()]
    supposed = str(article.supposed.get("title") or "")
    return named_title(lines, stem) or named_title(lines[:100], supposed) or header.title or stem


def _issuer(article: Article, header: Header) -> str:
    """Return the issuer that the page shows, but the text's own where the page only reprints it."""
    shown = str(article.shown.get("issuer") or "")
    if shown and header.issuer and shown not in header.issuer and header.issuer not in shown:
        return header.issuer
    return shown or header.issuer or str(article.supposed.get("issuer") or "")


def _filled(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value}


def _without_title(text: str, title: str) -> str:
    first, _, rest = text.partition("\n")
    same = first.lstrip("# ").strip("* ") == title
    return rest if same and rest.strip() else text
