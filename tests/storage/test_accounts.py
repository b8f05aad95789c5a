import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import Unavailable
from console.journal import Deed, Entry, Field
from console.ports import Account, Accounts, Invitation, Login, Role
from storage.accounts import SqlAccounts
from storage.database import Database
from tests.fakes import MONDAY
from tests.storage.conftest import Stores

LATER = MONDAY + timedelta(hours=1)
INVITATION = Invitation(token_hash="a" * 64, role=Role.ADMINISTRATOR, expires_at=LATER)
LI = Account(name="li", role=Role.ADMINISTRATOR, password_hash="$argon2id$…", failures=0, locked_until=None)
LOGIN = Login(token_hash="b" * 64, account="li", csrf="c", created_at=MONDAY, seen_at=MONDAY)


@pytest.fixture
def accounts(stores: Stores) -> Accounts:
    return stores.accounts


@pytest.fixture
async def with_li(accounts: Accounts) -> Accounts:
    await accounts.invite(INVITATION)
    assert await accounts.redeem(INVITATION.token_hash, LI, now=MONDAY)
    return accounts


async def join(accounts: Accounts, name: str, role: Role = Role.ADMINISTRATOR) -> None:
    invitation = replace(INVITATION, token_hash=name)
    await accounts.invite(invitation)
    assert await accounts.redeem(invitation.token_hash, replace(LI, name=name, role=role), now=MONDAY)


def deed(step: Deed) -> Entry:
    return Entry(MONDAY, "chen", step, "li")


class TestAccounts:
    async def test_there_is_no_account_at_first(self, accounts: Accounts) -> None:
        assert await accounts.count() == 0
        assert await accounts.get("li") is None
        assert await accounts.all() == ()

    async def test_an_invitation_holds_until_it_expires(self, accounts: Accounts) -> None:
        await accounts.invite(INVITATION)

        assert await accounts.invitation(INVITATION.token_hash, now=MONDAY) == INVITATION
        assert await accounts.invitation(INVITATION.token_hash, now=LATER) is None
        assert await accounts.invitation("d" * 64, now=MONDAY) is None

    async def test_withdrawn_invitations_make_no_account(self, accounts: Accounts) -> None:
        await accounts.invite(INVITATION)
        await accounts.withdraw_invitations()
        assert await accounts.invitation(INVITATION.token_hash, now=MONDAY) is None
        await accounts.withdraw_invitations()

    async def test_an_invitation_makes_one_account(self, with_li: Accounts) -> None:
        assert await with_li.get("li") == LI
        assert await with_li.count() == 1
        assert await with_li.invitation(INVITATION.token_hash, now=MONDAY) is None
        assert await with_li.redeem(INVITATION.token_hash, replace(LI, name="wang"), now=MONDAY) is False
        assert await with_li.all() == (LI,)

    async def test_an_expired_or_unknown_invitation_makes_none(self, accounts: Accounts) -> None:
        await accounts.invite(INVITATION)

        assert await accounts.redeem(INVITATION.token_hash, LI, now=LATER) is False
        assert await accounts.redeem("d" * 64, LI, now=MONDAY) is False
        assert await accounts.count() == 0

    async def test_a_taken_name_uses_no_invitation_up(self, with_li: Accounts) -> None:
        second = replace(INVITATION, token_hash="e" * 64, role=Role.OFFICER)
        await with_li.invite(second)

        assert await with_li.redeem(second.token_hash, replace(LI, role=Role.OFFICER), now=MONDAY) is False
        assert await with_li.get("li") == LI
        assert await with_li.invitation(second.token_hash, now=MONDAY) == second
        assert await with_li.redeem(second.token_hash, replace(LI, name="wang"), now=MONDAY) is True

    async def test_an_invitation_used_twice_at_once_makes_one_account(self, accounts: Accounts) -> None:
        await accounts.invite(INVITATION)
        names = [f"u{number}" for number in range(6)]
        made = await asyncio.gather(
            *(accounts.redeem(INVITATION.token_hash, replace(LI, name=name), now=MONDAY) for name in names)
        )

        assert sum(made) == 1
        assert await accounts.count() == 1

    async def test_accounts_are_listed_by_name(self, with_li: Accounts) -> None:
        for number, name in enumerate(["王五", "bo", "Zhao"]):
            invitation = replace(INVITATION, token_hash=f"{number}")
            await with_li.invite(invitation)
            await with_li.redeem(invitation.token_hash, replace(LI, name=name), now=MONDAY)

        assert [account.name for account in await with_li.all()] == ["Zhao", "bo", "li", "王五"]

    async def test_wrong_passwords_are_noted_and_cleared(self, with_li: Accounts) -> None:
        await with_li.note_failure("li", failures=5, locked_until=LATER)
        assert await with_li.get("li") == replace(LI, failures=5, locked_until=LATER)
        await with_li.note_failure("li", failures=0, locked_until=None)
        assert await with_li.get("li") == LI
        await with_li.note_failure("nobody", failures=1, locked_until=None)
        assert await with_li.get("nobody") is None

    async def test_a_disabled_account_has_no_login_and_no_invitation_left(self, with_li: Accounts) -> None:
        await join(with_li, "wang")
        await with_li.log_in(LOGIN)
        await with_li.invite(replace(INVITATION, token_hash="e" * 64))
        assert await with_li.disable("li", disabled=True)
        assert await with_li.disable("nobody", disabled=True)

        assert await with_li.get("li") == replace(LI, disabled=True)
        assert await with_li.login(LOGIN.token_hash) is None
        assert await with_li.invitation("e" * 64, now=MONDAY) is None
        await with_li.disable("li", disabled=False)
        assert await with_li.get("li") == LI

    async def test_the_last_administrator_stays(self, with_li: Accounts) -> None:
        await join(with_li, "wang")
        await join(with_li, "chen", Role.OFFICER)

        shut_out = await asyncio.gather(*(with_li.disable(name, disabled=True) for name in ("li", "wang")))

        assert sorted(shut_out) == [False, True]
        assert await with_li.disable("chen", disabled=True)

    async def test_what_is_done_to_accounts_is_written_down_with_it(self, stores: Stores) -> None:
        accounts = stores.accounts
        await accounts.invite(INVITATION, deed=deed(Deed.INVITE))
        await accounts.redeem(INVITATION.token_hash, LI, now=MONDAY, deed=deed(Deed.JOIN))
        await join(accounts, "wang")
        await accounts.appoint("li", Role.OFFICER, department="", deed=deed(Deed.APPOINT))
        await accounts.disable("li", disabled=True, deed=deed(Deed.DISABLE))

        told = (await stores.journal.trail(field=Field.OFFICE)).entries
        assert {entry.step for entry in told} == {Deed.INVITE, Deed.JOIN, Deed.APPOINT, Deed.DISABLE}

    async def test_what_was_not_done_is_not_written_down(self, stores: Stores) -> None:
        accounts = stores.accounts
        await accounts.redeem("d" * 64, LI, now=MONDAY, deed=deed(Deed.JOIN))
        await accounts.appoint("nobody", Role.OFFICER, department="", deed=deed(Deed.APPOINT))
        await accounts.disable("nobody", disabled=True, deed=deed(Deed.DISABLE))
        await join(accounts, "li")
        await accounts.disable("li", disabled=True, deed=deed(Deed.DISABLE))

        assert (await stores.journal.trail(field=Field.OFFICE)).entries == ()

    async def test_a_login_is_kept_until_it_is_dropped(self, with_li: Accounts) -> None:
        await with_li.log_in(LOGIN)
        assert await with_li.login(LOGIN.token_hash) == LOGIN

        await with_li.touch(LOGIN.token_hash, at=LATER)
        assert await with_li.login(LOGIN.token_hash) == replace(LOGIN, seen_at=LATER)

        for token_hash in (LOGIN.token_hash, LOGIN.token_hash, "d" * 64):
            await with_li.log_out(token_hash)
        assert await with_li.login(LOGIN.token_hash) is None
        await with_li.touch(LOGIN.token_hash, at=LATER)


@pytest.fixture
async def without_trail(database: Database) -> AsyncIterator[SqlAccounts]:
    """Accounts in a database whose audit trail cannot be written."""
    accounts = SqlAccounts(database)
    for name in ("li", "wang"):
        await join(accounts, name)
    async with database.begin() as connection:
        await connection.execute(text("ALTER TABLE deeds RENAME TO elsewhere"))
    yield accounts
    async with database.begin() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO deeds"))


async def test_what_cannot_be_written_down_is_not_done(without_trail: SqlAccounts) -> None:
    accounts, other = without_trail, replace(INVITATION, token_hash="e" * 64)
    before = await accounts.all()
    await accounts.invite(INVITATION)
    chen = replace(LI, name="chen")
    for work in (
        accounts.invite(other, deed=deed(Deed.INVITE)),
        accounts.redeem(INVITATION.token_hash, chen, now=MONDAY, deed=deed(Deed.JOIN)),
        accounts.appoint("li", Role.OFFICER, department="", deed=deed(Deed.APPOINT)),
        accounts.disable("li", disabled=True, deed=deed(Deed.DISABLE)),
    ):
        with pytest.raises((SQLAlchemyError, Unavailable), match="deeds"):
            await work

    assert await accounts.all() == before
    assert await accounts.invitation(other.token_hash, now=MONDAY) is None
    assert await accounts.invitation(INVITATION.token_hash, now=MONDAY) == INVITATION


async def test_two_processes_make_one_account_of_one_name(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(2)]
    stores = [SqlAccounts(database) for database in databases]
    invitations = [replace(INVITATION, token_hash=f"{number}") for number in range(8)]
    for invitation in invitations:
        await stores[0].invite(invitation)
    made = await asyncio.gather(
        *(stores[place % 2].redeem(each.token_hash, LI, now=MONDAY) for place, each in enumerate(invitations))
    )

    assert sum(made) == 1
    unused = [await stores[0].invitation(each.token_hash, now=MONDAY) for each in invitations]
    assert sum(each is not None for each in unused) == 7
    for database in databases:
        await database.aclose()
