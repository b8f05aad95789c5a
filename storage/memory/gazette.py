"""The proposals to the calendar in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from register.gazette import NewProposal, Proposal, Standing
from register.recomputation import Change


class MemoryGazette:
    """Keeps the proposals."""

    def __init__(self) -> None:
        self._proposals: dict[int, Proposal] = {}

    async def propose(self, new: NewProposal) -> Proposal:
        """Keep a proposal; one of the same name that still waits is dropped in its favour."""
        for each in self._proposals.values():
            if each.brought.name == new.name and each.standing is Standing.WAITING:
                dropped = replace(each, standing=Standing.DROPPED, settled_by=new.by, settled_at=new.at)
                self._proposals[each.id] = dropped
        proposal = Proposal(len(self._proposals) + 1, new)
        self._proposals[proposal.id] = proposal
        return proposal

    async def proposal(self, number: int) -> Proposal | None:
        """Return a proposal, or None."""
        return self._proposals.get(number)

    async def proposals(self, *, limit: int = 100) -> Sequence[Proposal]:
        """Return the latest proposals, newest first."""
        return tuple(reversed(self._proposals.values()))[:limit]

    async def settle(self, number: int, *, by: str, at: datetime, confirmed: bool) -> bool:
        """Put a waiting proposal in force as the next version of its name, or drop it; False when it waits no more."""
        proposal = self._proposals.get(number)
        if proposal is None or proposal.standing is not Standing.WAITING:
            return False
        settled = replace(proposal, standing=Standing.DROPPED, settled_by=by, settled_at=at)
        if confirmed:
            version = sum(each.brought.name == proposal.brought.name for each in self._confirmed()) + 1
            edition = await self.edition() + 1
            settled = replace(settled, standing=Standing.CONFIRMED, version=version, edition=edition)
        self._proposals[number] = settled
        return True

    async def in_force(self, *, before: int = 0) -> Mapping[str, str]:
        """Return the texts in force by name, empty ones included: now, or before that edition."""
        counted = [each for each in self._confirmed() if not before or each.edition < before]
        return {each.brought.name: each.brought.text for each in counted}

    async def edition(self) -> int:
        """Return how many proposals were confirmed."""
        return len(self._confirmed())

    async def note_report(self, number: int, report: Sequence[Change]) -> None:
        """Keep which requests a confirmed proposal has moved."""
        self._proposals[number] = replace(self._proposals[number], report=tuple(report))

    def _confirmed(self) -> Sequence[Proposal]:
        found = [each for each in self._proposals.values() if each.standing is Standing.CONFIRMED]
        return sorted(found, key=lambda each: each.edition)
