"""Every table with sealed contents, and what each content is bound to."""

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import Table

from storage.parcels import parcel_about
from storage.tables.register import outbox
from storage.tables.requests import acts, drafts, papers, uploads

Bound = Callable[[Mapping[str, Any]], str]
"""Tells from the columns of a row what its content is bound to."""


def _parcel(row: Mapping[str, Any]) -> str:
    return parcel_about(row["channel"], row["user_id"], row["reference"], row["created_at"])


# table, its key, and what a row's content is bound to
SEALED: tuple[tuple[Table, str, Bound], ...] = (
    (acts, "id", itemgetter("reference")),
    (papers, "id", itemgetter("reference")),
    (uploads, "id", itemgetter("source")),
    (drafts, "owner", itemgetter("owner")),
    (outbox, "id", _parcel),
)
