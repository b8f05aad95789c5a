"""Staff accounts in SQL, with invitations and logins."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from console.journal import Entry
from console.ports import Account, Invitation, Login, Role
from storage.database import Database, whole
from storage.journal import deed_row
from storage.tables.console import accounts, deeds, invitations, logins

ALONE = "accounts"
"""Accounts are shut out one after the other, or two administrators could shut out each other."""


class SqlAccounts:
    """Keeps accounts, invitations and logins."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def count(self) -> int:
        """How many accounts exist."""
        async with self._database.read() as connection:
            return await connection.scalar(select(func.count()).select_from(accounts)) or 0

    @whole
    async def get(self, name: str) -> Account | None:
        """Return an account by name, or None."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(accounts).where(accounts.c.name == name))).first()
        return _account(row) if row else None

    @whole
    async def all(self) -> Sequence[Account]:
        """Return every account, in order of name."""
        async with self._database.read() as connection:
            return tuple(_account(row) for row in await connection.execute(select(accounts).order_by(accounts.c.name)))

    @whole
    async def invite(self, invitation: Invitation, *, deed: Entry | None = None) -> None:
        """Keep an invitation."""
        row = {
            "token_hash": invitation.token_hash,
            "role": invitation.role,
            "expires_at": invitation.expires_at,
            "department": invitation.department,
        }
        async with self._database.begin() as connection:
            await connection.execute(insert(invitations).values(row))
            await _note(connection, deed)

    @whole
    async def withdraw_invitations(self) -> None:
        """Drop every invitation not used yet."""
        async with self._database.begin() as connection:
            await connection.execute(delete(invitations).where(invitations.c.used_at.is_(None)))

    @whole
    async def invitation(self, token_hash: str, *, now: datetime) -> Invitation | None:
        """Return an unused, unexpired invitation, or None."""
        wanted = select(invitations).where(
            invitations.c.token_hash == token_hash, invitations.c.used_at.is_(None), invitations.c.expires_at > now
        )
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        return Invitation(row.token_hash, row.role, row.expires_at, row.department) if row else None

    @whole
    async def redeem(self, token_hash: str, account: Account, *, now: datetime, deed: Entry | None = None) -> bool:
        """Create the account and use up the invitation, both or neither."""
        use = (
            update(invitations)
            .where(
                invitations.c.token_hash == token_hash, invitations.c.used_at.is_(None), invitations.c.expires_at > now
            )
            .values(used_at=now, used_by=account.name)
        )
        row = {
            "name": account.name,
            "role": account.role,
            "password_hash": account.password_hash,
            "failures": account.failures,
            "locked_until": account.locked_until,
            "department": account.department,
        }
        create = self._database.insert(accounts).values(row).on_conflict_do_nothing(index_elements=[accounts.c.name])
        async with self._database.begin() as connection:
            done = bool((await connection.execute(use)).rowcount and (await connection.execute(create)).rowcount)
            if not done:
                await connection.rollback()
                return False
            await _note(connection, deed)
        return True

    @whole
    async def note_failure(self, name: str, *, failures: int, locked_until: datetime | None) -> None:
        """Note wrong passwords; 0 and None clear them."""
        change = update(accounts).where(accounts.c.name == name).values(failures=failures, locked_until=locked_until)
        async with self._database.begin() as connection:
            await connection.execute(change)

    @whole
    async def disable(self, name: str, *, disabled: bool, deed: Entry | None = None) -> bool:
        """Shut an account out, end its logins and drop invitations not used yet, or let it in again.

        False, and nothing is done, where no 系统管理 would be let in any more.
        """
        letting_in = select(accounts.c.name).where(accounts.c.role == Role.ADMINISTRATOR, ~accounts.c.disabled)
        async with self._database.begin() as connection:
            await self._database.alone(connection, ALONE)
            if disabled and list(await connection.scalars(letting_in)) == [name]:
                return False
            change = update(accounts).where(accounts.c.name == name).values(disabled=disabled)
            if not (await connection.execute(change)).rowcount:
                return True
            if disabled:
                await connection.execute(delete(logins).where(logins.c.account == name))
                # links that they made and kept would let them in again
                await connection.execute(delete(invitations).where(invitations.c.used_at.is_(None)))
            await _note(connection, deed)
        return True

    @whole
    async def appoint(self, name: str, role: Role, *, department: str, deed: Entry | None = None) -> None:
        """Give an account another role or department and end its logins; unknown names are ignored."""
        change = update(accounts).where(accounts.c.name == name).values(role=role, department=department)
        async with self._database.begin() as connection:
            if not (await connection.execute(change)).rowcount:
                return
            await connection.execute(delete(logins).where(logins.c.account == name))
            await _note(connection, deed)

    @whole
    async def log_in(self, login: Login) -> None:
        """Keep a login."""
        row = {
            "token_hash": login.token_hash,
            "account": login.account,
            "csrf": login.csrf,
            "created_at": login.created_at,
            "seen_at": login.seen_at,
        }
        async with self._database.begin() as connection:
            await connection.execute(insert(logins).values(row))

    @whole
    async def login(self, token_hash: str) -> Login | None:
        """Return a login, or None."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(logins).where(logins.c.token_hash == token_hash))).first()
        return Login(row.token_hash, row.account, row.csrf, row.created_at, row.seen_at) if row else None

    @whole
    async def touch(self, token_hash: str, *, at: datetime) -> None:
        """Note that a login was used."""
        async with self._database.begin() as connection:
            await connection.execute(update(logins).where(logins.c.token_hash == token_hash).values(seen_at=at))

    @whole
    async def log_out(self, token_hash: str) -> None:
        """Drop a login."""
        async with self._database.begin() as connection:
            await connection.execute(delete(logins).where(logins.c.token_hash == token_hash))


async def _note(connection: AsyncConnection, deed: Entry | None) -> None:
    if deed is not None:
        await connection.execute(insert(deeds).values(deed_row(deed)))


def _account(row: Row[Any]) -> Account:
    return Account(
        row.name,
        row.role,
        row.password_hash,
        row.failures,
        row.locked_until,
        disabled=row.disabled,
        department=row.department,
    )
