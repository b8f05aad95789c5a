"""The histories of formal requests in SQL: every act sealed, bound to its place, and chained to the act before it."""

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from register.ports import Vault
from register.request import Event
from storage.bindings import act_bindings, unsealed
from storage.chain import Chain
from storage.columns import storable
from storage.database import Database
from storage.tables.requests import acts

EVENT = TypeAdapter(Event)


class Acts:
    """Appends to histories within the caller's transaction, and reads what a row keeps."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._chain = Chain(database, vault)
        self._vault = vault

    async def append(self, connection: AsyncConnection, reference: str, events: Sequence[Event], *, after: int) -> None:
        """Append events to a history that has `after` of them, and to the chain of all."""
        rows = [self._row(reference, place, event) for place, event in enumerate(events, after + 1)]
        await self._chain.append(connection, acts, rows, [EVENT.dump_json(event) for event in events])

    def event(self, row: Row[Any]) -> Event:
        """Return the event that a row keeps; raise Unreadable."""
        return EVENT.validate_json(unsealed(self._vault, row.sealed, act_bindings(row._asdict())))

    def _row(self, reference: str, place: int, event: Event) -> dict[str, Any]:
        act = event.act
        row = {
            "reference": reference,
            "place": place,
            "at": act.at,
            "actor": storable(act.actor),
            "step": act.step,
        }
        return row | {"sealed": self._vault.seal(EVENT.dump_json(event), about=act_bindings(row)[0])}
