"""A table that is downloaded and opened in Excel: marked as UTF-8, and nothing in it is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from console.pages import HEADERS
from register.report.writing import inert

MARK = "\ufeff"
"""By which Excel knows that a file is UTF-8."""


def lines(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as lines of CSV."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows([inert(str(cell)) for cell in row] for row in rows)
    return written.getvalue()


def headers(name: str) -> Mapping[str, str]:
    """Return what makes a browser save an answer as this file, and no cache keep it."""
    return {
        **HEADERS,
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
