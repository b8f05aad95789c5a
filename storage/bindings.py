"""What each sealed content is bound to, so that none opens in the place of another."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from register.errors import Unreadable
from register.ports import Vault
from storage.columns import storable

# Each function takes the columns of a row and returns what its content may be bound to: as it is sealed now, then as
# earlier versions sealed it. `keys --renew` brings all of them under the first.


def act_bindings(row: Mapping[str, Any]) -> Sequence[str]:
    """Bind an act to its request, its place in the history and its step."""
    return f"act {row['reference']} {row['place']} {row['step']}", row["reference"]


def paper_bindings(row: Mapping[str, Any]) -> Sequence[str]:
    """Bind a letter to its request, its place among the letters and its 文号."""
    return f"paper {row['reference']} {row['place']} {row['number'] or ''}", row["reference"]


def enclosure_bindings(row: Mapping[str, Any]) -> Sequence[str]:
    """Bind a file's name to the file, its form and its purpose."""
    return (storable(f"enclosure {row['key']} {row['source']} {row['purpose']}"),)


def content_bindings(row: Mapping[str, Any]) -> Sequence[str]:
    """Bind a file's content to the file."""
    return (f"content {row['key']}",)


def draft_bindings(row: Mapping[str, Any]) -> Sequence[str]:
    """Bind a draft to whose it is."""
    return storable(f"draft {row['owner']}"), storable(row["owner"])


def parcel_bindings(row: Mapping[str, Any]) -> Sequence[str]:
    """Bind a text to whose it is, on which case, put when."""
    at: datetime = row["created_at"]
    whose = f"{row['channel']}:{row['user_id']}"
    return (storable(f"parcel {whose} {row['reference']} {at.astimezone(UTC).isoformat()}"),)


def unsealed(vault: Vault, sealed: bytes, bindings: Sequence[str]) -> bytes:
    """Return a content that is bound in one of these ways; raise Unreadable."""
    for about in bindings[:-1]:
        try:
            return vault.open(sealed, about=about)
        except Unreadable:
            continue
    return vault.open(sealed, about=bindings[-1])
