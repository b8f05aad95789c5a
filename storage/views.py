"""The saved views of the queue in SQL."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import delete, select

from console.ports import SavedView
from storage.database import Database, whole
from storage.tables.console import saved_views


class SqlSavedViews:
    """Keeps the views that staff have saved."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def keep(self, view: SavedView) -> None:
        """Keep a view, in place of an earlier one of the same owner and name."""
        row = self._database.insert(saved_views).values(asdict(view))
        known = [saved_views.c.owner, saved_views.c.name]
        async with self._database.begin() as connection:
            await connection.execute(row.on_conflict_do_update(index_elements=known, set_={"query": view.query}))

    @whole
    async def of(self, owner: str) -> Sequence[SavedView]:
        """Return somebody's views, in order of name."""
        own = select(saved_views).where(saved_views.c.owner == owner).order_by(saved_views.c.name)
        async with self._database.read() as connection:
            return tuple(SavedView(row.owner, row.name, row.query) for row in await connection.execute(own))

    @whole
    async def drop(self, owner: str, name: str) -> None:
        """Drop a view; one that is gone already is no trouble."""
        gone = delete(saved_views).where(saved_views.c.owner == owner, saved_views.c.name == name)
        async with self._database.begin() as connection:
            await connection.execute(gone)
