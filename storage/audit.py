"""The audit of the histories of formal requests: which act was changed, and which is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import RowMapping, func, select

from register.errors import Unreadable
from register.ports import Vault
from storage.acts import CHAIN, link_of
from storage.bindings import act_bindings, unsealed
from storage.database import Database, whole
from storage.tables.register import counters
from storage.tables.requests import acts

BATCH = 500


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the chain ended at some time, noted outside the database: what came before can no more be taken away."""

    number: int
    link: str


@dataclass(frozen=True, slots=True)
class Alteration:
    """An act that is not as it was written, or, with nothing but its number, one that is missing."""

    number: int
    reference: str = ""
    place: int = 0
    step: str = ""


@dataclass(slots=True)
class Audit:
    """What was found: `whole` acts in order, `earlier` ones from before acts were chained, and what is wrong."""

    whole: int = 0
    earlier: int = 0
    altered: list[Alteration] = field(default_factory=list)
    end: Anchor = field(default_factory=lambda: Anchor(0, ""))


class SqlAudit:
    """Reads the whole chain again, act by act, with the keys."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def audit(self, *, known: Anchor | None = None) -> Audit:
        """Compare every act with its link, the last with what was counted, and the chain with a `known` anchor."""
        found = Audit()
        links: Sequence[str] = ("",)
        while rows := await self._following(found.end.number):
            for row in rows:
                # a missing act takes its link along: the next one is then believed
                links = self._judge(row, links if row["number"] == found.end.number + 1 else (), found)
                if known is not None and known.number == row["number"] and known.link != row["link"]:
                    found.altered.append(_alteration(row))
        last = max(await self._counted(), known.number if known is not None else 0)
        found.altered += [Alteration(number) for number in range(found.end.number + 1, last + 1)]
        found.earlier = await self._earlier(found)
        return found

    def _judge(self, row: RowMapping, links: Sequence[str], found: Audit) -> Sequence[str]:
        """Note what is wrong with an act; return what the next one may be linked to."""
        number = row["number"]
        found.altered += [Alteration(missing) for missing in range(found.end.number + 1, number)]
        found.end = Anchor(number, row["link"] or "")
        try:
            content = unsealed(self._vault, row["sealed"], act_bindings(dict(row)))
        except Unreadable:
            found.altered.append(_alteration(row))
            return (found.end.link,)
        made = [link_of(self._vault, link, dict(row), content) for link in links]
        if links and found.end.link not in made:
            found.altered.append(_alteration(row))
        else:
            found.whole += 1
        # whether its content or its link was changed: the next one was linked to what stood here
        return (found.end.link, *made)

    @whole
    async def _following(self, number: int) -> Sequence[RowMapping]:
        wanted = select(acts).where(acts.c.number > number).order_by(acts.c.number).limit(BATCH)
        async with self._database.read() as connection:
            return (await connection.execute(wanted)).mappings().all()

    @whole
    async def _counted(self) -> int:
        async with self._database.read() as connection:
            return await connection.scalar(select(counters.c.value).where(counters.c.name == CHAIN)) or 0

    @whole
    async def _earlier(self, found: Audit) -> int:
        """Count the acts from before the chain; one that was taken out of it is later than its first."""
        unchained = acts.c.number.is_(None)
        first = select(func.min(acts.c.id)).where(acts.c.number.is_not(None)).scalar_subquery()
        async with self._database.read() as connection:
            later = (await connection.execute(select(acts).where(unchained, acts.c.id > first))).mappings().all()
            count = await connection.scalar(select(func.count()).select_from(acts).where(unchained)) or 0
        found.altered += [_alteration(row) for row in later]
        return count - len(later)


def _alteration(row: RowMapping) -> Alteration:
    return Alteration(row["number"] or 0, row["reference"], row["place"], row["step"])
