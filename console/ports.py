"""What the console needs: places that keep staff accounts and their views of the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from console.journal import Entry


class Role(StrEnum):
    """What an account may do; later parts add the roles of the statutory workflow."""

    ADMINISTRATOR = "administrator"
    """系统管理"""
    INTAKE = "intake"
    """受理"""
    OFFICER = "officer"
    """承办"""
    EDITOR = "editor"
    """知识库编辑"""
    REVIEWER = "reviewer"
    """审核"""
    SECRECY = "secrecy"
    """保密审查"""
    SIGNER = "signer"
    """签发: also the head of the disclosure office"""
    PUBLISHER = "publisher"
    """知识库发布"""
    LEADER = "leader"
    """领导: sees what is due everywhere, and acts on nothing"""
    SECURITY = "security"
    """安全管理: who has which role, in which department"""
    AUDITOR = "auditor"
    """审计: reads what everybody did"""


APART = frozenset({Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR})
"""三员: nobody of one of these ever becomes one of the others (GB/T 22239-2019, 三权分立)."""


@dataclass(frozen=True, slots=True)
class Account:
    """A staff member of a department, or of the whole office where that is empty.

    `locked_until` is set after too many wrong passwords; a `disabled` one is let in nowhere.
    """

    name: str
    role: Role
    password_hash: str
    failures: int
    locked_until: datetime | None
    disabled: bool = False
    department: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time right to create an account. Only the SHA-256 (hex) of its token is kept."""

    token_hash: str
    role: Role
    expires_at: datetime
    department: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """A browser's login. Only the SHA-256 (hex) of its cookie is kept; `csrf` is the form token that goes with it."""

    token_hash: str
    account: str
    csrf: str
    created_at: datetime
    seen_at: datetime


class Accounts(Protocol):
    """Keeps accounts, invitations and logins.

    A `deed` is written into the audit trail together with what it tells of: both are kept, or neither.
    """

    async def count(self) -> int:
        """How many accounts exist; 0 means that the first administrator is still to come."""

    async def get(self, name: str) -> Account | None:
        """Return an account by name, or None."""

    async def all(self) -> Sequence[Account]:
        """Return every account, in order of name."""

    async def invite(self, invitation: Invitation, *, deed: Entry | None = None) -> None:
        """Keep an invitation."""

    async def withdraw_invitations(self) -> None:
        """Drop every invitation not used yet."""

    async def invitation(self, token_hash: str, *, now: datetime) -> Invitation | None:
        """Return an unused, unexpired invitation, or None."""

    async def redeem(self, token_hash: str, account: Account, *, now: datetime, deed: Entry | None = None) -> bool:
        """Create the account and use up the invitation, both or neither.

        False when the invitation is used or expired, or the name is taken.
        """

    async def note_failure(self, name: str, *, failures: int, locked_until: datetime | None) -> None:
        """Note wrong passwords; 0 and None clear them."""

    async def disable(self, name: str, *, disabled: bool, deed: Entry | None = None) -> bool:
        """Shut an account out, end its logins and drop invitations not used yet, or let it in again.

        Unknown names are ignored. False, and nothing is done, where no 系统管理 would be let in any more.
        """

    async def appoint(self, name: str, role: Role, *, department: str, deed: Entry | None = None) -> None:
        """Give an account another role or department and end its logins; unknown names are ignored."""

    async def log_in(self, login: Login) -> None:
        """Keep a login."""

    async def login(self, token_hash: str) -> Login | None:
        """Return a login, or None."""

    async def touch(self, token_hash: str, *, at: datetime) -> None:
        """Note that a login was used."""

    async def log_out(self, token_hash: str) -> None:
        """Drop a login; unknown ones are ignored."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter of the queue that somebody keeps under a name; `query` is the filter as it stands in the address."""

    owner: str
    name: str
    query: str


class SavedViews(Protocol):
    """Keeps the views that staff have saved."""

    async def keep(self, view: SavedView) -> None:
        """Keep a view, in place of an earlier one of the same owner and name."""

    async def of(self, owner: str) -> Sequence[SavedView]:
        """Return somebody's views, in order of name."""

    async def drop(self, owner: str, name: str) -> None:
        """Drop a view; one that is gone already is no trouble."""
