"""A parcel as a row of the outbox: its text is sealed until it is delivered."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row

from bot.types import Parcel, ParcelState, User
from register.ports import Vault
from storage.columns import storable

BLANK: Mapping[str, Any] = MappingProxyType({"text": "", "sealed": None})
"""What is left of a text that nobody needs any more."""


class Parcels:
    """Makes the rows of new parcels and reads their texts; what is sealed opens only in its own row."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def row(
        self, user: User, text: str, *, at: datetime, reference: str = "", held: bool = False, key: str = ""
    ) -> dict[str, Any]:
        """Return the row that keeps a new parcel."""
        about = parcel_about(user.channel, user.id, reference, at)
        return {
            "key": key or None,
            "channel": user.channel,
            "user_id": user.id,
            "text": "",
            "sealed": self._vault.seal(storable(text).encode(), about=about),
            "reference": reference,
            "state": ParcelState.HELD if held else ParcelState.DUE,
            "attempts": 0,
            "created_at": at,
            "due_at": at,
            "reason": "",
        }

    def text(self, row: Row[Any]) -> str:
        """Return the text of a row, empty once it is blank; raise Unreadable."""
        if row.sealed is None:
            # put before texts were sealed, or blank
            return str(row.text)
        return self._vault.open(row.sealed, about=_about(row)).decode()

    def shortened(self, parcel: Parcel, rest: str) -> dict[str, Any]:
        """Return the change by which only the rest of a parcel's text is left."""
        about = parcel_about(parcel.user.channel, parcel.user.id, parcel.reference, parcel.created_at)
        return {"text": "", "sealed": self._vault.seal(storable(rest).encode(), about=about)}


def parcel_of(row: Row[Any], text: str) -> Parcel:
    """Return the parcel that a row keeps, with its text."""
    return Parcel(
        id=row.id,
        user=User(row.channel, row.user_id),
        text=text,
        reference=row.reference,
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
    )


def parcel_about(channel: str, user: str, reference: str, at: datetime) -> str:
    """Return what a text is bound to: whose it is, on which case, put when."""
    return storable(f"parcel {channel}:{user} {reference} {at.astimezone(UTC).isoformat()}")


def _about(row: Row[Any]) -> str:
    return parcel_about(row.channel, row.user_id, row.reference, row.created_at)
