"""A document as JSON, as versions and revisions keep it."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from knowledge.types import Disclosure, Document, Kind, Validity

COLUMNS = tuple(field.name for field in fields(Document))
DATES = frozenset({"published_on", "effective_on", "expires_on"})


def content(document: Document) -> dict[str, str | None]:
    """Return a document as JSON can hold it."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(document).items()}


def read_content(kept: Mapping[str, Any]) -> Document:
    """Return the document; what later programs added is left out, what earlier ones did not know is empty."""
    values = {name: kept[name] for name in COLUMNS if name in kept}
    days = {name: date.fromisoformat(values[name]) for name in DATES if values.get(name)}
    members = {
        "validity": Validity(values["validity"]),
        "disclosure": Disclosure(values["disclosure"]),
        "kind": Kind(values["kind"]),
    }
    return Document(**{**values, **days, **members})
