"""Who may enter the console: invitations, logins and how often one may guess."""

import asyncio
import hashlib
import re
import secrets
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from console.journal import Entry
from console.passwords import Passwords, Weakness, weakness
from console.ports import APART, Account, Accounts, Invitation, Login, Role
from register.attempts import Attempts

INVITATION = timedelta(hours=24)
FAILURES = 5
LOCKED = timedelta(minutes=10)
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=8)
TOUCH = timedelta(minutes=1)
"""A login's last use is written down at most this often."""
NAME = re.compile(r"[\w.-]{1,32}")
RESERVED = frozenset({"citizen", "system"})
"""Actors in the register that are no accounts."""


class Refusal(Enum):
    """Why somebody was not let in."""

    WRONG = auto()
    LOCKED = auto()
    EXPIRED = auto()
    NAME = auto()
    TAKEN = auto()


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is logged in, and the token that this login's forms carry."""

    name: str
    role: Role
    csrf: str
    department: str = ""


def new_token() -> str:
    """Return 256 random bits in letters, digits, "-" and "_"."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what is kept of a token: its SHA-256 in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def account_name(typed: str) -> str:
    """Return a name as it is kept: one form for full-width, upper-case and padded spellings."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


async def first_link(
    accounts: Accounts, now: Callable[[], datetime], *, token: Callable[[], str] = new_token
) -> str | None:
    """Return the token of a new invitation for the first administrator, good for 24 hours; None once anybody exists.

    It takes the place of the one that an earlier start made: a link in an old log opens nothing.
    """
    if await accounts.count():
        return None
    await accounts.withdraw_invitations()
    return await invite(accounts, Role.ADMINISTRATOR, now=now(), token=token())


async def invite(
    accounts: Accounts, role: Role, department: str = "", *, now: datetime, token: str = "", deed: Entry | None = None
) -> str:
    """Return the token of a new invitation, good for 24 hours and one account."""
    token = token or new_token()
    await accounts.invite(Invitation(digest(token), role, now + INVITATION, department), deed=deed)
    return token


@dataclass(slots=True)
class Auth:
    """Lets staff in and out. Only hashes of passwords, cookies and invitations are kept.

    Five failures lock a name, and an address, for ten minutes. A login ends after 30 idle minutes and after 8 hours.
    Of unknown names that were tried, the latest `room` are remembered.
    """

    accounts: Accounts
    now: Callable[[], datetime]
    passwords: Passwords = field(default_factory=Passwords)
    token: Callable[[], str] = new_token
    room: int = 10_000
    _addresses: Attempts = field(init=False)
    _strangers: OrderedDict[str, Account] = field(init=False, default_factory=OrderedDict)
    # one guess at a time: parallel ones would all read the same count, and each needs 64 MiB
    _guessing: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._addresses = Attempts(self.now, limit=FAILURES, window=LOCKED)

    async def log_in(self, typed: str, password: str, *, address: str) -> str | Refusal:
        """Return the cookie of a new login, or why not.

        Unknown names are counted, locked and answered like known ones, in the same time.
        """
        if self._addresses.exhausted(address):
            return Refusal.LOCKED
        name = account_name(typed)
        async with self._guessing:
            # those who waited for their turn may have used it up meanwhile
            if self._addresses.exhausted(address):
                return Refusal.LOCKED
            account = await self._account(name)
            if account.locked_until and account.locked_until > self.now():
                return Refusal.LOCKED
            # a disabled account is answered like a wrong password, in the same time
            if not await self._guess(account, password) or account.disabled:
                self._addresses.note(address)
                return Refusal.WRONG
        return await self._open(account)

    async def staff(self, cookie: str, *, in_use: bool = True) -> Staff | None:
        """Return who this cookie belongs to, or None when there is no such login or it has ended.

        What a page asks for by itself is not `in_use`: it must not keep a login alive that nobody uses.
        """
        if not cookie:
            return None
        login = await self.accounts.login(digest(cookie))
        if login is None:
            return None
        now = self.now()
        account = await self.accounts.get(login.account)
        if account is None or account.disabled or now - login.seen_at >= IDLE or now - login.created_at >= ABSOLUTE:
            await self.accounts.log_out(login.token_hash)
            return None
        if in_use and now - login.seen_at >= TOUCH:
            await self.accounts.touch(login.token_hash, at=now)
        return Staff(account.name, account.role, login.csrf, account.department)

    async def log_out(self, cookie: str) -> None:
        """End a login."""
        await self.accounts.log_out(digest(cookie))

    async def may_appoint(self, name: str, role: Role, *, by: str) -> bool:
        """Whether somebody may give this account that role.

        Nobody changes the own one. 系统管理, 安全管理 and 审计 are given by invitation alone and for good, so that no
        account ever held two of them.
        """
        account = await self.accounts.get(name)
        return account is not None and name != by and not APART & {account.role, role}

    async def invite(self, role: Role, department: str = "", *, deed: Entry | None = None) -> str:
        """Return the token of a one-time right to create an account, of a department or of the whole office."""
        return await invite(self.accounts, role, department, now=self.now(), token=self.token(), deed=deed)

    async def invited(self, token: str) -> Role | None:
        """Return what role this token gives, or None when it is used, expired or made up."""
        invitation = await self._invitation(token)
        return invitation.role if invitation else None

    async def _invitation(self, token: str) -> Invitation | None:
        return await self.accounts.invitation(digest(token), now=self.now())

    async def redeem(
        self, token: str, typed: str, password: str, *, deed: Callable[[Account], Entry] | None = None
    ) -> Account | Refusal | Weakness:
        """Create the account that an invitation allows, with what `deed` says of it, or say what is wrong with it."""
        name = account_name(typed)
        invitation = await self._invitation(token)
        if invitation is None:
            return Refusal.EXPIRED
        if not NAME.fullmatch(name) or name in RESERVED:
            return Refusal.NAME
        weak = weakness(password, name=name)
        if weak:
            return weak
        if await self.accounts.get(name):
            return Refusal.TAKEN
        account = Account(
            name,
            invitation.role,
            await self.passwords.hash(password),
            failures=0,
            locked_until=None,
            department=invitation.department,
        )
        told = deed(account) if deed is not None else None
        redeemed = await self.accounts.redeem(digest(token), account, now=self.now(), deed=told)
        return account if redeemed else Refusal.EXPIRED

    async def _guess(self, account: Account, password: str) -> bool:
        failures = account.failures + 1
        locked = self.now() + LOCKED if failures >= FAILURES else None
        failed = replace(account, failures=0 if locked else failures, locked_until=locked)
        # counted before the outcome is known, and meanwhile: a stranger's count costs no time that could be measured
        right, _ = await asyncio.gather(
            self.passwords.verify(password, account.password_hash), self._note(account, failed)
        )
        if right:
            await self.accounts.note_failure(account.name, failures=0, locked_until=None)
        return right

    async def _note(self, account: Account, failed: Account) -> None:
        if account.name not in self._strangers:
            await self.accounts.note_failure(account.name, failures=failed.failures, locked_until=failed.locked_until)
            return
        self._strangers[account.name] = failed

    async def _account(self, name: str) -> Account:
        known = await self.accounts.get(name)
        if known:
            self._strangers.pop(name, None)
            return known
        if name not in self._strangers:
            self._strangers[name] = Account(name, Role.EDITOR, self.passwords.nobody, failures=0, locked_until=None)
        self._strangers.move_to_end(name)
        while len(self._strangers) > self.room:
            self._strangers.popitem(last=False)
        return self._strangers[name]

    async def _open(self, account: Account) -> str:
        cookie, now = self.token(), self.now()
        login = Login(digest(cookie), account.name, csrf=self.token(), created_at=now, seen_at=now)
        await self.accounts.log_in(login)
        return cookie
