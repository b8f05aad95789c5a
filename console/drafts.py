"""A document as a form that an editor fills in, and back."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from knowledge.errors import UnreadableDocument
from knowledge.records import read_record
from knowledge.types import Document

LINES = ("title", "number", "issuer", "url", "department", "topic", "successor", "interprets", "disclosure_reason")
DAYS = ("published_on", "effective_on", "expires_on")
CHOICES = ("validity", "disclosure", "kind")
LONGEST_TEXT = 1_000_000
"""Characters of a text that is written in the browser; longer ones are imported from a file."""
LARGEST = 9 * LONGEST_TEXT + 64 * 1024
"""Bytes of the form: a Chinese character takes nine."""


def filled_in(document: Document) -> dict[str, str]:
    """Return the fields of the form for a document."""
    fields = {name: str(getattr(document, name)) for name in (*LINES, *CHOICES, "text")}
    return fields | {name: _day(getattr(document, name)) for name in DAYS}


def written(form: Mapping[str, str], *, document_id: str = "") -> Document:
    """Return the document that a form describes; raise UnreadableDocument with the reason in Chinese.

    Without an id it is derived from the 文号, else from the title, as for an imported text.
    """
    if len(form.get("text", "")) > LONGEST_TEXT:
        raise UnreadableDocument(f"正文超过 {LONGEST_TEXT} 字，请用文件导入")
    if not form.get("title", "").strip():
        raise UnreadableDocument("没有标题")
    record = {name: form.get(name, "") for name in (*LINES, *DAYS, *CHOICES, "text") if name != "disclosure_reason"}
    title = form["title"].strip()
    fallback = f"t-{hashlib.sha256(title.encode()).hexdigest()[:12]}"
    document = read_record({**record, "id": document_id}, fallback_id=fallback)
    return replace(document, disclosure_reason=" ".join(form.get("disclosure_reason", "").split())[:200])


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
