"""The audit of the histories of formal requests and of the looks at them: what was changed, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from sqlalchemy import RowMapping, func, select

from register.errors import Unreadable
from register.ports import Vault
from storage.bindings import act_bindings, unsealed
from storage.chain import CHAIN, LOOK, link_of, look_content
from storage.database import Database, whole
from storage.tables.register import counters
from storage.tables.requests import acts, reveals

BATCH = 500
LINKED = (acts, reveals)


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the chain ended at some time, noted outside the database: what came before can no more be taken away."""

    number: int
    link: str


@dataclass(frozen=True, slots=True)
class Alteration:
    """An act or a look that is not as it was written, or, with nothing but its number, one that is missing."""

    number: int
    reference: str = ""
    place: int = 0
    step: str = ""


@dataclass(slots=True)
class Audit:
    """What was found: `whole` acts and looks in order, `earlier` ones from before they were chained, what is wrong."""

    whole: int = 0
    earlier: int = 0
    altered: list[Alteration] = field(default_factory=list)
    end: Anchor = field(default_factory=lambda: Anchor(0, ""))


class SqlAudit:
    """Reads the whole chain again, link by link, with the keys."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def audit(self, *, known: Anchor | None = None) -> Audit:
        """Compare each with its link, the last with what was counted, and the chain with a `known` anchor."""
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
            content = self._content(row)
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

    def _content(self, row: RowMapping) -> bytes:
        if "sealed" in row:
            return unsealed(self._vault, row["sealed"], act_bindings(dict(row)))
        return look_content(dict(row))

    @whole
    async def _following(self, number: int) -> Sequence[RowMapping]:
        """Return the next acts and looks in the order of the chain."""
        found: list[RowMapping] = []
        async with self._database.read() as connection:
            for table in LINKED:
                wanted = select(table).where(table.c.number > number).order_by(table.c.number).limit(BATCH)
                found += (await connection.execute(wanted)).mappings().all()
        return sorted(found, key=itemgetter("number"))[:BATCH]

    @whole
    async def _counted(self) -> int:
        async with self._database.read() as connection:
            return await connection.scalar(select(counters.c.value).where(counters.c.name == CHAIN)) or 0

    @whole
    async def _earlier(self, found: Audit) -> int:
        """Count what is from before the chain; what was taken out of it is later than its first of the kind."""
        count = 0
        async with self._database.read() as connection:
            for table in LINKED:
                unchained = table.c.number.is_(None)
                first = select(func.min(table.c.id)).where(table.c.number.is_not(None)).scalar_subquery()
                later = (await connection.execute(select(table).where(unchained, table.c.id > first))).mappings().all()
                count += await connection.scalar(select(func.count()).select_from(table).where(unchained)) or 0
                count -= len(later)
                found.altered += [_alteration(row) for row in later]
        return count


def _alteration(row: RowMapping) -> Alteration:
    return Alteration(row["number"] or 0, row["reference"], row.get("place", 0), row.get("step", LOOK))
