"""Documents as the rows of a generation, each without its text, which is kept beside them."""

import json
from dataclasses import fields
from datetime import date

from knowledge.types import CURRENT, Disclosure, Document, Kind, Validity

_FIELDS = tuple(field.name for field in fields(Document) if field.name != "text")


def write_document(document: Document) -> str:
    """Return the row of a document."""
    # asdict would copy every text
    return json.dumps({name: getattr(document, name) for name in _FIELDS}, ensure_ascii=False, default=date.isoformat)


def read_document(written: str, text: str) -> Document:
    """Return the document of a row and a text; raise ValueError, KeyError or TypeError for one of another version."""
    row = json.loads(written)
    dates = {
        name: date.fromisoformat(row[name]) for name in ("published_on", "effective_on", "expires_on") if row[name]
    }
    enums = {
        "validity": Validity(row["validity"]),
        "disclosure": Disclosure(row["disclosure"]),
        "kind": Kind(row["kind"]),
    }
    return Document(**{**row, **dates, **enums, "text": text})


def term_of(document: Document) -> tuple[int, int]:
    """Return the first and the last day, as ordinals, on which search may answer from the document."""
    begins = document.validity is Validity.NOT_YET_EFFECTIVE and document.effective_on is not None
    if not begins and document.validity not in CURRENT:
        return date.max.toordinal(), 0
    begin, end = document.effective_on or date.min, document.expires_on or date.max
    return begin.toordinal(), end.toordinal()
