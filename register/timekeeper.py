"""The keeper of the calendar: a year or a closure is proposed by one person, confirmed by another, and then counted."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from register.calendar import Calendar, Closure, Notice
from register.errors import OwnProposal, SettledProposal, UnknownProposal, UnreadableCalendar
from register.gazette import Gazette, NewProposal, Proposal, Standing
from register.notice import Difference, changed_days, read_arrangement
from register.recomputation import Change

LOCAL = "local-"
"""How the names of local closures begin."""
LONGEST = 60
"""Days of one closure."""
LONGEST_NOTICE = 20_000
"""Characters of a pasted notice; those of the State Council have fewer than a thousand."""
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a proposal says, a year's notice or a closure, and every day that it turns."""

    proposal: Proposal
    notice: Notice | None
    closure: Closure | None
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Timekeeper:
    """Takes proposals to the calendar.

    `assemble` makes a calendar of texts in force by name, `calendar` is the one in force. `publish` brings what is in
    force to this process; the others follow by themselves. `recompute` sets the open requests right by the calendar in
    force, and tells which of them the second calendar moves against the first.
    """

    gazette: Gazette
    assemble: Callable[[Texts], Calendar]
    calendar: Callable[[], Calendar]
    publish: Callable[[], Awaitable[None]]
    recompute: Callable[[Calendar, Calendar], Awaitable[Sequence[Change]]]
    now: Callable[[], datetime]

    async def bring(self, text: str, *, by: str) -> Proposal:
        """Propose the year in a pasted notice or holiday-cn file; raise UnreadableCalendar for what does not add up."""
        if len(text) > LONGEST_NOTICE:
            raise UnreadableCalendar(f"内容太长，最多 {LONGEST_NOTICE} 字，不像是放假通知")
        arrangement = read_arrangement(text)
        if arrangement.notice in self.calendar().notices:
            raise UnreadableCalendar(f"{arrangement.notice.year}年的安排与现在采用的完全一样，不用再导入")
        new = NewProposal(str(arrangement.notice.year), arrangement.toml, text, by, self.now())
        return await self.gazette.propose(new)

    async def close(self, closure: Closure, *, by: str) -> Proposal:
        """Propose days off beyond the notice; raise UnreadableCalendar for what is no closure."""
        if not closure.name or not closure.document:
            raise UnreadableCalendar("请写明名称，以及决定停工的文件（法律依据）")
        if (closure.last - closure.first).days >= LONGEST:
            raise UnreadableCalendar(f"一次停工最多{LONGEST}天，请核对起止日期")
        text = _toml(closure)
        Calendar.parse([text])
        at = self.now()
        return await self.gazette.propose(NewProposal(f"{LOCAL}{at:%Y%m%d%H%M%S%f}", text, "", by, at))

    async def take_back(self, name: str, *, by: str) -> Proposal:
        """Propose that a local closure counts no more; raise UnknownProposal."""
        if not name.startswith(LOCAL) or not (await self.gazette.in_force()).get(name):
            raise UnknownProposal(name)
        return await self.gazette.propose(NewProposal(name, "", "", by, self.now()))

    async def preview(self, number: int) -> Preview:
        """Return a proposal with what it changes: in the calendar now, or when it came into force."""
        proposal = await self._found(number)
        texts = await self.gazette.in_force(before=proposal.edition)
        name, text = proposal.brought.name, proposal.brought.text
        told = Calendar.parse([text or texts.get(name, "")])
        notice, closure = next(iter(told.notices), None), next(iter(told.closures), None)
        changed = [
            each
            for first, last in _spans(notice, closure)
            for each in changed_days(self.assemble(texts), self.assemble({**texts, name: text}), first, last)
        ]
        return Preview(proposal, notice, closure, tuple(changed))

    async def closures(self) -> Mapping[str, Closure]:
        """Return the local closures in force, by the name of their proposal."""
        texts = await self.gazette.in_force()
        local = {name: Calendar.parse([text]).closures for name, text in texts.items() if name.startswith(LOCAL)}
        return {name: found[0] for name, found in sorted(local.items()) if found}

    async def confirm(self, number: int, *, by: str) -> Proposal:
        """Put a proposal in force and set the open requests right; return it with its report.

        Raises OwnProposal for who brought it, SettledProposal when somebody was faster, UnknownProposal.
        """
        if (await self._found(number)).brought.by == by:
            raise OwnProposal(str(number))
        await self._settle(number, by=by, confirmed=True)
        await self.publish()
        return await self.reckon(number)

    async def drop(self, number: int, *, by: str) -> None:
        """Drop a proposal; raise SettledProposal when somebody was faster."""
        await self._settle(number, by=by, confirmed=False)

    async def reckon(self, number: int) -> Proposal:
        """Return a proposal with its report, made now where a process ended between confirmation and report."""
        proposal = await self._found(number)
        if proposal.standing is not Standing.CONFIRMED or proposal.report is not None:
            return proposal
        before = await self.gazette.in_force(before=proposal.edition)
        after = {**before, proposal.brought.name: proposal.brought.text}
        changes = await self.recompute(self.assemble(before), self.assemble(after))
        await self.gazette.note_report(number, changes)
        return await self._found(number)

    async def _settle(self, number: int, *, by: str, confirmed: bool) -> None:
        if not await self.gazette.settle(number, by=by, at=self.now(), confirmed=confirmed):
            raise SettledProposal(str(number))

    async def _found(self, number: int) -> Proposal:
        proposal = await self.gazette.proposal(number)
        if proposal is None:
            raise UnknownProposal(str(number))
        return proposal


def _spans(notice: Notice | None, closure: Closure | None) -> Iterator[tuple[date, date]]:
    """Yield the days that a proposal may turn."""
    if notice is not None:
        yield date(notice.year - 1, 12, 1), date(notice.year, 12, 31)
    if closure is not None:
        yield closure.first, closure.last


def _toml(closure: Closure) -> str:
    name, document = (json.dumps(text, ensure_ascii=False) for text in (closure.name, closure.document))
    return f"[[closures]]\nname = {name}\nfrom = {closure.first}\nto = {closure.last}\ndocument = {document}\n"
