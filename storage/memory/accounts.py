"""Staff accounts in memory, with invitations and logins."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from console.journal import Entry, Journal
from console.ports import Account, Invitation, Login, Role


class MemoryAccounts:
    """Keeps accounts, invitations and logins."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._accounts: dict[str, Account] = {}
        self._invitations: dict[str, Invitation] = {}
        self._logins: dict[str, Login] = {}

    async def count(self) -> int:
        """How many accounts exist."""
        return len(self._accounts)

    async def get(self, name: str) -> Account | None:
        """Return an account by name, or None."""
        return self._accounts.get(name)

    async def all(self) -> Sequence[Account]:
        """Return every account, in order of name."""
        return tuple(account for _, account in sorted(self._accounts.items()))

    async def invite(self, invitation: Invitation, *, deed: Entry | None = None) -> None:
        """Keep an invitation."""
        await self._note(deed)
        self._invitations[invitation.token_hash] = invitation

    async def withdraw_invitations(self) -> None:
        """Drop every invitation not used yet."""
        self._invitations.clear()

    async def invitation(self, token_hash: str, *, now: datetime) -> Invitation | None:
        """Return an unused, unexpired invitation, or None."""
        found = self._invitations.get(token_hash)
        return found if found is not None and found.expires_at > now else None

    async def redeem(self, token_hash: str, account: Account, *, now: datetime, deed: Entry | None = None) -> bool:
        """Create the account and use up the invitation, both or neither."""
        if await self.invitation(token_hash, now=now) is None or account.name in self._accounts:
            return False
        await self._note(deed)
        del self._invitations[token_hash]
        self._accounts[account.name] = account
        return True

    async def note_failure(self, name: str, *, failures: int, locked_until: datetime | None) -> None:
        """Note wrong passwords; 0 and None clear them."""
        account = self._accounts.get(name)
        if account is not None:
            self._accounts[name] = replace(account, failures=failures, locked_until=locked_until)

    async def disable(self, name: str, *, disabled: bool, deed: Entry | None = None) -> bool:
        """Shut an account out, end its logins and drop invitations not used yet, or let it in again."""
        everybody = self._accounts.values()
        if disabled and [each.name for each in everybody if each.role is Role.ADMINISTRATOR and not each.disabled] == [
            name
        ]:
            return False
        account = self._accounts.get(name)
        if account is None:
            return True
        await self._note(deed)
        self._accounts[name] = replace(account, disabled=disabled)
        if disabled:
            self._end_logins(name)
            self._invitations.clear()
        return True

    async def appoint(self, name: str, role: Role, *, department: str, deed: Entry | None = None) -> None:
        """Give an account another role or department and end its logins; unknown names are ignored."""
        account = self._accounts.get(name)
        if account is not None:
            await self._note(deed)
            self._accounts[name] = replace(account, role=role, department=department)
            self._end_logins(name)

    async def _note(self, deed: Entry | None) -> None:
        if deed is not None:
            await self._journal.note(deed)

    def _end_logins(self, name: str) -> None:
        self._logins = {key: login for key, login in self._logins.items() if login.account != name}

    async def log_in(self, login: Login) -> None:
        """Keep a login."""
        self._logins[login.token_hash] = login

    async def login(self, token_hash: str) -> Login | None:
        """Return a login, or None."""
        return self._logins.get(token_hash)

    async def touch(self, token_hash: str, *, at: datetime) -> None:
        """Note that a login was used."""
        login = self._logins.get(token_hash)
        if login is not None:
            self._logins[token_hash] = replace(login, seen_at=at)

    async def log_out(self, token_hash: str) -> None:
        """Drop a login."""
        self._logins.pop(token_hash, None)
