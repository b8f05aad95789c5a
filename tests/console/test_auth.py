import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from console.auth import Auth, Refusal, Staff, digest, first_link
from console.journal import Entry
from console.passwords import Passwords, Weakness
from console.ports import Account, Role
from storage.memory import MemoryAccounts, MemoryJournal
from tests.console.conftest import PASSWORD, cheap_passwords
from tests.fakes import MONDAY, FixedClock


@dataclass
class CountingPasswords(Passwords):
    """Counts the hashes checked, whoever they belong to."""

    checked: list[str] = field(default_factory=list)

    async def verify(self, password: str, password_hash: str) -> bool:
        self.checked.append(password_hash)
        return await super().verify(password, password_hash)


class OvertakenAccounts(MemoryAccounts):
    """Lets a colleague use every invitation between the check and the writing."""

    async def redeem(self, token_hash: str, account: Account, *, now: datetime, deed: Entry | None = None) -> bool:
        await super().redeem(token_hash, Account("wang", Role.OFFICER, "h", 0, None), now=now)
        return await super().redeem(token_hash, account, now=now, deed=deed)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def accounts() -> MemoryAccounts:
    return MemoryAccounts(MemoryJournal({}))


@pytest.fixture
async def auth(accounts: MemoryAccounts, clock: FixedClock) -> Auth:
    made = Auth(accounts, clock, cheap_passwords())
    await made.redeem(await made.invite(Role.OFFICER), "Li", PASSWORD)
    return made


async def enter(auth: Auth, *, address: str = "a") -> str:
    cookie = await auth.log_in("li", PASSWORD, address=address)
    assert isinstance(cookie, str)
    return cookie


async def test_the_first_link_makes_the_first_administrator_once(accounts: MemoryAccounts, clock: FixedClock) -> None:
    auth = Auth(accounts, clock, cheap_passwords())
    token = await first_link(accounts, clock)
    assert token

    made = await auth.redeem(token, "chen", PASSWORD)

    assert isinstance(made, Account)
    assert made.role is Role.ADMINISTRATOR
    assert await auth.redeem(token, "wang", PASSWORD) is Refusal.EXPIRED
    assert await first_link(accounts, clock) is None


async def test_a_second_start_withdraws_the_first_link_of_the_one_before(
    accounts: MemoryAccounts, clock: FixedClock
) -> None:
    auth = Auth(accounts, clock, cheap_passwords())
    old, new = await first_link(accounts, clock), await first_link(accounts, clock)
    assert old
    assert new

    assert await auth.redeem(old, "chen", PASSWORD) is Refusal.EXPIRED
    assert isinstance(await auth.redeem(new, "chen", PASSWORD), Account)


async def test_an_invitation_is_kept_as_a_hash_for_a_day(accounts: MemoryAccounts, clock: FixedClock) -> None:
    token = await first_link(accounts, clock, token=lambda: "secret")
    assert token == "secret"
    kept = await accounts.invitation(hashlib.sha256(b"secret").hexdigest(), now=MONDAY)
    assert kept
    assert kept.expires_at == MONDAY + timedelta(hours=24)
    assert await accounts.invitation("secret", now=MONDAY) is None

    clock.forward(hours=24)
    assert await Auth(accounts, clock, cheap_passwords()).redeem(token, "chen", PASSWORD) is Refusal.EXPIRED


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 33, "system", " Citizen ", "<script>"])
async def test_a_name_is_one_plain_word_and_no_actor_of_the_register(auth: Auth, name: str) -> None:
    assert await auth.redeem(await auth.invite(Role.OFFICER), name, PASSWORD) is Refusal.NAME


async def test_a_name_is_taken_in_every_spelling(auth: Auth) -> None:
    assert await auth.redeem(await auth.invite(Role.OFFICER), " ＬＩ ", PASSWORD) is Refusal.TAKEN


async def test_a_weak_password_leaves_the_invitation_good(auth: Auth) -> None:
    token = await auth.invite(Role.EDITOR)
    assert await auth.redeem(token, "wang", "short") is Weakness.SHORT
    assert isinstance(await auth.redeem(token, "wang", PASSWORD), Account)


async def test_a_login_is_kept_as_a_hash_and_known_by_its_cookie(auth: Auth, accounts: MemoryAccounts) -> None:
    cookie = await enter(auth)

    kept = await accounts.login(digest(cookie))
    assert kept
    assert await auth.staff(cookie) == Staff("li", Role.OFFICER, kept.csrf)
    assert await accounts.login(cookie) is None
    assert await auth.staff("") is None
    assert await auth.staff("made up") is None


async def test_a_login_ends_on_logging_out(auth: Auth) -> None:
    cookie = await enter(auth)
    await auth.log_out(cookie)
    assert await auth.staff(cookie) is None


async def test_a_login_ends_after_thirty_idle_minutes(auth: Auth, clock: FixedClock) -> None:
    cookie = await enter(auth)
    clock.forward(minutes=29)
    assert await auth.staff(cookie)
    clock.forward(minutes=29)
    assert await auth.staff(cookie)
    clock.forward(minutes=30)
    assert await auth.staff(cookie) is None


async def test_a_login_ends_after_eight_hours_whatever_is_done(auth: Auth, clock: FixedClock) -> None:
    cookie = await enter(auth)
    for _ in range(24):
        assert await auth.staff(cookie)
        clock.forward(minutes=20)
    assert await auth.staff(cookie) is None


async def test_the_use_of_a_login_is_written_at_most_once_a_minute(
    auth: Auth, accounts: MemoryAccounts, clock: FixedClock
) -> None:
    cookie = await enter(auth)
    clock.forward(seconds=59)
    await auth.staff(cookie)
    kept = await accounts.login(digest(cookie))
    assert kept
    assert kept.seen_at == MONDAY
    clock.forward(seconds=1)
    await auth.staff(cookie)
    kept = await accounts.login(digest(cookie))
    assert kept
    assert kept.seen_at == clock()


async def test_five_wrong_passwords_lock_a_name_for_ten_minutes(auth: Auth, clock: FixedClock) -> None:
    for number in range(5):
        assert await auth.log_in("li", "wrong", address=f"a{number}") is Refusal.WRONG
    assert await auth.log_in("li", PASSWORD, address="b") is Refusal.LOCKED

    clock.forward(minutes=10)
    await enter(auth, address="b")


async def test_after_a_lock_five_more_are_allowed(auth: Auth, clock: FixedClock) -> None:
    for number in range(5):
        await auth.log_in("li", "wrong", address=f"a{number}")
    clock.forward(minutes=10)
    for number in range(4):
        assert await auth.log_in("li", "wrong", address=f"b{number}") is Refusal.WRONG
    await enter(auth, address="c")


async def test_a_right_password_clears_the_count(auth: Auth, accounts: MemoryAccounts) -> None:
    for number in range(4):
        await auth.log_in("li", "wrong", address=f"a{number}")
    await enter(auth, address="b")
    account = await accounts.get("li")
    assert account
    assert account.failures == 0


async def test_a_lock_survives_a_restart(auth: Auth, accounts: MemoryAccounts, clock: FixedClock) -> None:
    for number in range(5):
        await auth.log_in("li", "wrong", address=f"a{number}")
    restarted = Auth(accounts, clock, auth.passwords)
    assert await restarted.log_in("li", PASSWORD, address="b") is Refusal.LOCKED


async def test_five_wrong_passwords_lock_an_address_whatever_the_names(auth: Auth, clock: FixedClock) -> None:
    for number in range(5):
        assert await auth.log_in(f"n{number}", "wrong", address="a") is Refusal.WRONG
    assert await auth.log_in("li", PASSWORD, address="a") is Refusal.LOCKED
    clock.forward(minutes=10)
    await enter(auth)


async def test_parallel_guesses_from_one_address_are_locked_like_guesses_in_turn(auth: Auth) -> None:
    guesses = (auth.log_in(f"n{number}", "wrong", address="a") for number in range(8))
    assert await asyncio.gather(*guesses) == [Refusal.WRONG] * 5 + [Refusal.LOCKED] * 3


async def test_an_unknown_name_is_answered_counted_and_checked_like_a_known_one(
    accounts: MemoryAccounts, clock: FixedClock
) -> None:
    passwords = CountingPasswords(cheap_passwords().hasher)
    auth = Auth(accounts, clock, passwords)
    await auth.redeem(await auth.invite(Role.OFFICER), "li", PASSWORD)
    outcomes: dict[str, list[str | Refusal]] = {"li": [], "nobody": []}
    checks: dict[str, int] = {}
    for name, seen in outcomes.items():
        for number in range(7):
            seen.append(await auth.log_in(name, "wrong", address=f"{name}{number}"))
        clock.forward(minutes=10)
        seen.append(await auth.log_in(name, "wrong", address="later"))
        checks[name] = len(passwords.checked)
        passwords.checked.clear()

    assert outcomes["nobody"] == outcomes["li"] == [Refusal.WRONG] * 5 + [Refusal.LOCKED] * 2 + [Refusal.WRONG]
    assert checks["nobody"] == checks["li"] == 6


async def test_strangers_take_no_more_than_their_room(accounts: MemoryAccounts, clock: FixedClock) -> None:
    auth = Auth(accounts, clock, cheap_passwords(), room=2)
    for number in range(4):
        await auth.log_in(f"n{number}", "wrong", address=f"a{number}")
    assert list(auth._strangers) == ["n2", "n3"]


async def test_a_name_that_became_an_account_is_no_stranger(auth: Auth) -> None:
    for number in range(5):
        await auth.log_in("wang", "wrong", address=f"a{number}")
    await auth.redeem(await auth.invite(Role.OFFICER), "wang", PASSWORD)
    assert isinstance(await auth.log_in("wang", PASSWORD, address="b"), str)


async def test_every_login_has_its_own_cookie_and_form_token(auth: Auth) -> None:
    cookies = {await enter(auth) for _ in range(3)}
    tokens = {staff.csrf for cookie in cookies if (staff := await auth.staff(cookie))}
    assert len(cookies) == len(tokens) == 3
    assert not cookies & tokens


async def test_two_people_who_redeem_one_link_at_the_same_time_make_one_account(clock: FixedClock) -> None:
    accounts = OvertakenAccounts(MemoryJournal({}))
    auth = Auth(accounts, clock, cheap_passwords())

    assert await auth.redeem(await auth.invite(Role.OFFICER), "zhao", PASSWORD) is Refusal.EXPIRED
    assert await accounts.count() == 1
