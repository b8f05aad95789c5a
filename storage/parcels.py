"""A parcel as a row of the outbox: its text is sealed until it is delivered."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row

from bot.types import Parcel, ParcelState, User
from register.ports import Vault
from storage.bindings import parcel_bindings, unsealed
from storage.columns import storable

BLANK: Mapping[str, Any] = MappingProxyType({"text": "", "sealed": None})
"""What is left of a text that nobody needs any more."""

ARRIVED = frozenset({ParcelState.SENDING, ParcelState.UNCERTAIN, ParcelState.SENT})
"""Where a text may have arrived: who judges an answer has it, also where that could not be noted."""


class Parcels:
    """Makes the rows of new parcels and reads their texts; what is sealed opens only in its own row."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def row(
        self,
        user: User,
        text: str,
        *,
        at: datetime,
        reference: str = "",
        held: bool = False,
        key: str = "",
        asks: bool = False,
    ) -> dict[str, Any]:
        """Return the row that keeps a new parcel."""
        row = {
            "key": key or None,
            "channel": user.channel,
            "user_id": user.id,
            "text": "",
            "reference": reference,
            "state": ParcelState.HELD if held else ParcelState.DUE,
            "attempts": 0,
            "created_at": at,
            "due_at": at,
            "reason": "",
            "asks": asks,
        }
        return row | self._sealed(row, storable(text))

    def text(self, row: Row[Any]) -> str:
        """Return the text of a row, empty once it is blank; raise Unreadable."""
        if row.sealed is None:
            # put before texts were sealed, or blank
            return str(row.text)
        return unsealed(self._vault, row.sealed, parcel_bindings(row._asdict())).decode()

    def shortened(self, parcel: Parcel, rest: str) -> dict[str, Any]:
        """Return the change by which only the rest of a parcel's text is left."""
        user = parcel.user
        row = {
            "channel": user.channel,
            "user_id": user.id,
            "reference": parcel.reference,
            "created_at": parcel.created_at,
        }
        return {"text": "", **self._sealed(row, storable(rest))}

    def _sealed(self, row: Mapping[str, Any], text: str) -> dict[str, Any]:
        return {"sealed": self._vault.seal(text.encode(), about=parcel_bindings(row)[0])}


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
        asks=row.asks,
    )
