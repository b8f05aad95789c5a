"""Every table with sealed contents, and what each content is bound to."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table

from storage.bindings import (
    act_bindings,
    content_bindings,
    draft_bindings,
    enclosure_bindings,
    paper_bindings,
    parcel_bindings,
)
from storage.tables.register import outbox
from storage.tables.requests import acts, drafts, enclosure_contents, enclosures, papers

Bindings = Callable[[Mapping[str, Any]], Sequence[str]]
"""Tells from the columns of a row what its content may be bound to, the present way first."""

# table, its key, and what a row's content is bound to
SEALED: tuple[tuple[Table, str, Bindings], ...] = (
    (acts, "id", act_bindings),
    (papers, "id", paper_bindings),
    (enclosures, "key", enclosure_bindings),
    (enclosure_contents, "key", content_bindings),
    (drafts, "owner", draft_bindings),
    (outbox, "id", parcel_bindings),
)
