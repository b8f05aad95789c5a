"""The histories of formal requests in SQL: every act sealed, bound to its place, and chained to the act before it."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from register.ports import Vault
from register.request import Event
from storage.bindings import act_bindings, unsealed
from storage.columns import storable
from storage.database import Database
from storage.tables.register import counters
from storage.tables.requests import acts

EVENT = TypeAdapter(Event)
CHAIN = "acts"
"""The counter whose value is the number of the chain's last act."""


class Acts:
    """Appends to histories within the caller's transaction, and reads what a row keeps."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def append(self, connection: AsyncConnection, reference: str, events: Sequence[Event], *, after: int) -> None:
        """Append events to a history that has `after` of them; the chain's lock is held until the transaction ends."""
        await self._database.alone(connection, CHAIN)
        number, link = await self._last(connection)
        rows = []
        for place, event in enumerate(events, after + 1):
            number += 1
            row = self._row(reference, place, number, event)
            link = link_of(self._vault, link, row, EVENT.dump_json(event))
            rows.append(row | {"link": link})
        await connection.execute(insert(acts), rows)
        await connection.execute(
            self._database.insert(counters)
            .values(name=CHAIN, value=number)
            .on_conflict_do_update(index_elements=[counters.c.name], set_={"value": number})
        )

    def event(self, row: Row[Any]) -> Event:
        """Return the event that a row keeps; raise Unreadable."""
        return EVENT.validate_json(unsealed(self._vault, row.sealed, act_bindings(row._asdict())))

    async def _last(self, connection: AsyncConnection) -> tuple[int, str]:
        number = await connection.scalar(select(counters.c.value).where(counters.c.name == CHAIN)) or 0
        return number, await connection.scalar(select(acts.c.link).where(acts.c.number == number)) or ""

    def _row(self, reference: str, place: int, number: int, event: Event) -> dict[str, Any]:
        act = event.act
        row = {
            "reference": reference,
            "place": place,
            "number": number,
            "at": act.at,
            "actor": storable(act.actor),
            "step": act.step,
        }
        return row | {"sealed": self._vault.seal(EVENT.dump_json(event), about=act_bindings(row)[0])}


def link_of(vault: Vault, previous: str, row: Mapping[str, Any], content: bytes) -> str:
    """Return what links an act to the one before it: nobody without the key can make it for another content."""
    columns = (row["number"], row["reference"], row["place"], row["at"].astimezone(UTC).isoformat(), row["actor"])
    return vault.mark("\n".join(map(str, (previous, *columns, row["step"], sha256(content).hexdigest()))))
