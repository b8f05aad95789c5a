"""Reminders on their way to people, in SQL."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select, update

from register.prompts import Post, Prompt, latest
from register.reminders import Stage
from storage.database import Database, whole
from storage.requests import ENDED
from storage.tables.register import cases
from storage.tables.requests import reminders, requests

SHOWN = 500
"""Reminders read for one person."""


class SqlPrompts:
    """Shows reminders until they are seen, and hands them out to be posted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def unseen(self, name: str, *, unassigned: bool) -> Sequence[Prompt]:
        """Return what is to be shown to somebody, the latest first and one for each request."""
        mine = or_(cases.c.handler == name, cases.c.handler == "") if unassigned else cases.c.handler == name
        wanted = _owed().where(reminders.c.seen_at.is_(None), mine).order_by(reminders.c.at.desc()).limit(SHOWN)
        async with self._database.read() as connection:
            return latest([_prompt(row) for row in await connection.execute(wanted)])

    @whole
    async def see(self, reference: str, *, by: str, at: datetime) -> None:
        """Note that the reminders of a request given so far were seen."""
        shown = (reminders.c.reference == reference, reminders.c.seen_at.is_(None), reminders.c.at <= at)
        async with self._database.begin() as connection:
            await connection.execute(update(reminders).where(*shown).values(seen_by=by, seen_at=at))

    @whole
    async def claim(self, *, now: datetime, lease: timedelta = timedelta(minutes=2)) -> Prompt | None:
        """Take the oldest reminder that is DUE, not overtaken by a later stage; it is SENDING then."""
        left = (reminders.c.post == Post.SENDING, reminders.c.post_at <= now - lease)
        due = and_(reminders.c.post == Post.DUE, func.coalesce(reminders.c.post_at, now) <= now)
        async with self._database.begin() as connection:
            await self._database.alone(connection, "prompts")
            await connection.execute(update(reminders).where(*left).values(post=Post.UNCERTAIN))
            waiting = [
                _prompt(row)
                for row in await connection.execute(_owed().where(due).order_by(reminders.c.at).limit(SHOWN))
            ]
            if not waiting:
                return None
            prompt = latest(waiting)[-1]
            overtaken = [each for each in waiting if each.reference == prompt.reference and each != prompt]
            for each in overtaken:
                await connection.execute(_this(each).values(post=Post.SENT, post_at=now))
            claimed = _this(prompt).values(post=Post.SENDING, post_at=now, tries=reminders.c.tries + 1)
            await connection.execute(claimed)
            return replace(prompt, tries=prompt.tries + 1)

    @whole
    async def settle(self, prompt: Prompt, post: Post, *, again_at: datetime | None = None) -> None:
        """Note how a claimed reminder ended; DUE with `again_at` tries again."""
        settled = _this(prompt).values(post=post, post_at=again_at or reminders.c.post_at)
        async with self._database.begin() as connection:
            await connection.execute(settled)


def _owed() -> Select[Any]:
    """Return the query of reminders whose request is still owed an answer."""
    return (
        select(reminders, cases.c.department, cases.c.handler)
        .join(requests, requests.c.reference == reminders.c.reference)
        .join(cases, cases.c.reference == reminders.c.reference)
        .where(requests.c.stage.not_in(ENDED))
    )


def _this(prompt: Prompt) -> Any:  # noqa: ANN401  SQLAlchemy's own type of an update
    return update(reminders).where(
        reminders.c.reference == prompt.reference,
        reminders.c.kind == prompt.stage.value,
        reminders.c.due_on == prompt.day,
    )


def _prompt(row: Row[Any]) -> Prompt:
    return Prompt(row.reference, Stage(row.kind), row.due_on, row.at, row.department, row.handler, row.tries)
