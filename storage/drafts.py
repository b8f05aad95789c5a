"""Forms that are being filled in by chat, sealed, in SQL."""

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, select, update

from register.errors import Unreadable
from register.interview import Draft
from register.ports import Vault
from storage.bindings import draft_bindings, unsealed
from storage.database import Database, whole
from storage.tables.requests import deflections, drafts

DRAFT = TypeAdapter(Draft)


class SqlDrafts:
    """Keeps one draft for each owner."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    @whole
    async def load(self, owner: str) -> Draft | None:
        """Return the owner's draft, or None; one that does not open any more is none."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(drafts).where(drafts.c.owner == owner))).mappings().first()
        if row is None:
            return None
        try:
            return DRAFT.validate_json(unsealed(self._vault, row["sealed"], draft_bindings(dict(row))))
        except Unreadable:
            return None

    @whole
    async def save(self, owner: str, draft: Draft, *, at: datetime) -> None:
        """Keep the owner's draft, in place of an earlier one."""
        about = draft_bindings({"owner": owner})[0]
        row = {"changed_at": at, "sealed": self._vault.seal(DRAFT.dump_json(draft), about=about)}
        async with self._database.begin() as connection:
            await connection.execute(
                self._database.insert(drafts)
                .values(owner=owner, **row)
                .on_conflict_do_update(index_elements=[drafts.c.owner], set_=row)
            )

    @whole
    async def drop(self, owner: str) -> None:
        """Leave nothing of the owner's draft."""
        async with self._database.begin() as connection:
            await connection.execute(delete(drafts).where(drafts.c.owner == owner))

    @whole
    async def purge(self, *, before: datetime) -> int:
        """Drop every draft untouched since then; return how many."""
        async with self._database.begin() as connection:
            return (await connection.execute(delete(drafts).where(drafts.c.changed_at < before))).rowcount

    @whole
    async def suggested(self, draft: str, *, at: datetime) -> None:
        """Note that published texts were shown before this draft went on."""
        async with self._database.begin() as connection:
            await connection.execute(
                self._database.insert(deflections)
                .values(draft=draft, at=at, viewed=False, filed=False)
                .on_conflict_do_nothing()
            )

    @whole
    async def viewed(self, draft: str) -> None:
        """Note that one of them was opened."""
        async with self._database.begin() as connection:
            await connection.execute(update(deflections).where(deflections.c.draft == draft).values(viewed=True))

    @whole
    async def filed(self, draft: str) -> None:
        """Note that the request was filed all the same."""
        async with self._database.begin() as connection:
            await connection.execute(update(deflections).where(deflections.c.draft == draft).values(filed=True))
