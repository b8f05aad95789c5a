"""Formal requests in SQL: each beside its case, with acts, letters and files sealed."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, exists, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.types import ParcelState, User
from register.docket import Docket, Head, NewRequest, Outgoing, Paper, Part, Reveal
from register.errors import OverLimit, UnknownCase
from register.limits import Quota
from register.ports import Vault
from register.request import Event
from register.steps import RequestStep, Role, Stage
from register.types import VERDICT, Case, CaseKind, NewCase, Notice, Step
from register.types import Event as CaseEvent
from storage.acts import Acts
from storage.cases import case_of, change_case, first_case, first_handler, first_touch, handler_within, open_case
from storage.chain import Chain, look_content
from storage.columns import storable
from storage.database import Database, whole
from storage.outbox import STEPS
from storage.papers import Papers
from storage.parcels import Parcels
from storage.request_rows import head_of, head_row
from storage.tables.register import cases, events, outbox
from storage.tables.requests import acts, filings, reminders, requests, reveals

ENDED = (Stage.DELIVERED, Stage.CLOSED)
PAGE = 200
"""Requests read at once when all are asked for."""


class SqlRequests:
    """Keeps formal requests; the number is taken from the register's own series, in the same transaction."""

    def __init__(self, database: Database, vault: Vault, *, code: str, query_code: Callable[[], str]) -> None:
        self._database = database
        self._vault = vault
        self._parcels = Parcels(vault)
        self._acts = Acts(database, vault)
        self._chain = Chain(database, vault)
        self._papers = Papers(database, vault)
        self._code = code
        self._query_code = query_code

    @whole
    async def file(self, new: NewRequest) -> Docket:
        """Keep a filed request under a new number, or return the one that its source filed."""
        async with self._database.begin() as connection:
            return await self._file(connection, new)

    async def _file(self, connection: AsyncConnection, new: NewRequest) -> Docket:
        case = NewCase(
            source=new.source,
            kind=CaseKind.REQUEST,
            question=new.question,
            channel=new.channel,
            user=new.user,
            received_at=new.received_at,
            due_on=new.head.due_on or new.due_on,
            provisional=new.head.provisional,
            department=new.head.department,
            evidence=new.evidence,
            paused=_paused(new.head),
        )
        opened, is_new = await open_case(self._database, connection, case, code=self._code, query_code=self._query_code)
        if not is_new:
            return await self._docket(connection, opened)
        for quota in new.quotas:
            await self._count(connection, quota, new)
        await connection.execute(insert(requests).values(reference=opened.reference, **head_row(new.head)))
        await self._acts.append(connection, opened.reference, new.events, after=0)
        return Docket(opened, new.head, new.events)

    async def _count(self, connection: AsyncConnection, quota: Quota, new: NewRequest) -> None:
        """Count a new request; the lock of the year's numbers lets nobody count at the same time."""
        filed = select(func.count()).select_from(filings).where(filings.c.who == quota.who, filings.c.on == new.on)
        if (await connection.scalar(filed) or 0) >= quota.most:
            raise OverLimit(quota.who)
        await connection.execute(insert(filings).values(who=quota.who, source=new.source, on=new.on))

    @whole
    async def forget_filings(self, *, before: date) -> None:
        """Keep no longer who filed on days before then; no quota counts them."""
        async with self._database.begin() as connection:
            await connection.execute(delete(filings).where(filings.c.on < before))

    @whole
    async def load(self, reference: str) -> Docket:
        """Return a request with its history; raise UnknownCase."""
        async with self._database.read() as connection:
            case = await first_case(connection, cases.c.reference == reference)
            if case is None or case.kind is not CaseKind.REQUEST:
                raise UnknownCase(reference)
            return await self._docket(connection, case)

    @whole
    async def record(
        self,
        docket: Docket,
        event: Event,
        head: Head,
        *,
        notice: Notice | None = None,
        papers: Sequence[Paper] = (),
        taken: tuple[str, int] | None = None,
        parts: Sequence[Part] = (),
    ) -> Docket:
        """Append an event, keep the head it makes, its papers, its notice, and the parts split off, all or nothing."""
        reference = docket.case.reference
        change: dict[str, Any] = {
            "status": head.status,
            "department": head.department,
            "provisional": head.provisional,
            "paused": _paused(head),
            "handler": _handler_after(event, head),
        }
        if head.due_on is not None:
            change["due_on"] = head.due_on
        if _is_work(event):
            change["touched_at"] = first_touch(event.act.at)
        async with self._database.begin() as connection:
            case = await change_case(connection, docket.case, **change)
            await connection.execute(update(requests).where(requests.c.reference == reference).values(head_row(head)))
            if taken is not None:
                await self._papers.take_number(connection, *taken)
            await self._send(connection, case, Outgoing(papers, notice), at=event.act.at)
            # the numbers of the year are locked before the chain of acts, as whoever files does
            for part in parts:
                await self._split_off(connection, part, case.handler, at=event.act.at)
            await self._acts.append(connection, reference, [event], after=len(docket.events))
        return Docket(case, head, (*docket.events, event))

    async def _split_off(self, connection: AsyncConnection, part: Part, handler: str, *, at: datetime) -> None:
        opened = await self._file(connection, part.request)
        # whoever had the whole has its parts
        of_part = cases.c.reference == opened.case.reference
        await connection.execute(update(cases).where(of_part).values(handler=handler))
        await self._send(connection, opened.case, part.acknowledge(opened), at=at)

    async def _send(self, connection: AsyncConnection, case: Case, outgoing: Outgoing, *, at: datetime) -> None:
        if outgoing.papers:
            await self._papers.append(connection, case.reference, outgoing.papers)
        if outgoing.notice is not None:
            user = User(case.channel, case.user)
            text, asks = outgoing.notice.text, outgoing.notice.asks
            parcel = self._parcels.row(user, text, at=at, reference=case.reference, asks=asks)
            await connection.execute(insert(outbox).values(parcel))

    @whole
    async def last_number(self, series: str) -> int:
        """Return the last number taken of a series of letters; 0 at its beginning."""
        async with self._database.read() as connection:
            return await self._papers.last_number(connection, series)

    @whole
    async def delivered_at(self, reference: str, *, since: datetime) -> datetime | None:
        """Return when the last text about this request, put since then, was delivered; None: not yet, or none put."""
        parcels = select(outbox.c.state, outbox.c.settled_at, outbox.c.created_at).where(
            outbox.c.reference == reference
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(parcels.order_by(outbox.c.id))).all()
        last = rows[-1] if rows and rows[-1].created_at >= since else None
        return last.settled_at if last is not None and last.state is ParcelState.SENT else None

    @whole
    async def deliveries(self, reference: str) -> Sequence[CaseEvent]:
        """Return how the texts sent to the applicant ended, oldest first."""
        return await self._events(reference, STEPS.values())

    @whole
    async def verdicts(self, reference: str) -> Sequence[CaseEvent]:
        """Return what the applicant said of the reply, oldest first."""
        return await self._events(reference, VERDICT)

    async def _events(self, reference: str, steps: Iterable[Step]) -> Sequence[CaseEvent]:
        kinds = events.c.step.in_(tuple(steps))
        wanted = select(events).where(events.c.reference == reference, kinds).order_by(events.c.id)
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        return tuple(CaseEvent(row.at, row.actor, row.step, row.note) for row in rows)

    @whole
    async def heads(self, references: Sequence[str]) -> Mapping[str, Head]:
        """Return the heads of these requests; unknown ones are left out."""
        return await self._heads(requests.c.reference.in_(references))

    @whole
    async def under_way(self) -> Mapping[str, Head]:
        """Return the heads of all requests that are still owed an answer."""
        return await self._heads(requests.c.stage.not_in(ENDED))

    @whole
    async def any_provisional(self) -> bool:
        """Whether the last day of an open request may still be moved by a notice to come."""
        found = exists().where(requests.c.provisional == true(), requests.c.stage.not_in(ENDED))
        async with self._database.read() as connection:
            return bool(await connection.scalar(select(found)))

    @whole
    async def of_applicant(self, mark: str) -> Mapping[str, Head]:
        """Return the heads of one applicant's requests."""
        return await self._heads(requests.c.applicant == mark)

    @whole
    async def relatives(self, reference: str) -> Mapping[str, Head]:
        """Return the heads of the requests that were split off this one, or merged into it."""
        return await self._heads(or_(requests.c.parent == reference, requests.c.merged_into == reference))

    async def all(self) -> AsyncIterator[Docket]:
        """Yield every request, in order of its number."""
        after = ""
        while page := await self._page(after):
            for docket in page:
                yield docket
            after = page[-1].case.reference

    @whole
    async def papers(self, reference: str) -> Sequence[Paper]:
        """Return the letters made for a request, oldest first."""
        async with self._database.read() as connection:
            return await self._papers.of(connection, reference)

    @whole
    async def note_reveal(self, reveal: Reveal) -> None:
        """Keep a record of who looked at personal data, in the chain of all acts."""
        row = {name: storable(said) if isinstance(said, str) else said for name, said in asdict(reveal).items()}
        async with self._database.begin() as connection:
            await self._chain.append(connection, reveals, [row], [look_content(row)])

    @whole
    async def reveals(self, reference: str) -> Sequence[Reveal]:
        """Return who looked at the personal data of a request, oldest first."""
        wanted = select(reveals).where(reveals.c.reference == reference).order_by(reveals.c.id)
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        return tuple(Reveal(row.reference, row.at, row.actor, row.role, row.reason) for row in rows)

    @whole
    async def reckon(
        self, reference: str, *, old: date | None, new: date | None, provisional: bool, calendar: str
    ) -> bool:
        """Keep another last day, read with this calendar; False when the day kept is not `old` any more."""
        kept = requests.c.due_on.is_(None) if old is None else requests.c.due_on == old
        owed = requests.c.closed_on.is_(None)
        change: dict[str, Any] = {"provisional": provisional, "paused": new is None}
        change |= {"due_on": new} if new is not None else {}
        async with self._database.begin() as connection:
            reckoned = await connection.execute(
                update(requests)
                .where(requests.c.reference == reference, kept, owed)
                .values(due_on=new, provisional=provisional, calendar=calendar)
            )
            if not reckoned.rowcount:
                return False
            await connection.execute(update(cases).where(cases.c.reference == reference).values(change))
        return True

    @whole
    async def remind(self, reference: str, kind: str, due_on: date, *, at: datetime) -> bool:
        """Note that a reminder is given; False when it was given before for this day."""
        note = (
            self._database.insert(reminders)
            .values(reference=reference, kind=kind, due_on=due_on, at=at)
            .on_conflict_do_nothing()
            .returning(reminders.c.kind)
        )
        async with self._database.begin() as connection:
            return await connection.scalar(note) is not None

    async def _heads(self, condition: Any) -> Mapping[str, Head]:  # noqa: ANN401  SQLAlchemy's own type of a condition
        wanted = (
            select(requests, cases.c.status)
            .join(cases, cases.c.reference == requests.c.reference)
            .where(condition)
            .order_by(requests.c.reference)
        )
        async with self._database.read() as connection:
            return {row.reference: head_of(row) for row in await connection.execute(wanted)}

    @whole
    async def _page(self, after: str) -> Sequence[Docket]:
        first = select(requests.c.reference).where(requests.c.reference > after).order_by(requests.c.reference)
        some = first.limit(PAGE).cte("some")
        heads = await self._heads(requests.c.reference.in_(select(some.c.reference)))
        history = select(acts).where(acts.c.reference.in_(list(heads))).order_by(acts.c.id)
        events: dict[str, list[Event]] = {reference: [] for reference in heads}
        async with self._database.read() as connection:
            found = await connection.execute(select(cases).where(cases.c.reference.in_(list(heads))))
            known = {row.reference: case_of(row) for row in found}
            for row in await connection.execute(history):
                events[row.reference].append(self._acts.event(row))
        return [Docket(known[name], head, tuple(events[name])) for name, head in heads.items()]

    async def _docket(self, connection: AsyncConnection, case: Case) -> Docket:
        wanted = select(requests, cases.c.status).join(cases, cases.c.reference == requests.c.reference)
        head = (await connection.execute(wanted.where(requests.c.reference == case.reference))).one()
        history = select(acts).where(acts.c.reference == case.reference).order_by(acts.c.id)
        events = tuple(self._acts.event(row) for row in await connection.execute(history))
        return Docket(case, head_of(head), events)


def _paused(head: Head) -> bool:
    return head.due_on is None and head.stage not in ENDED


def _is_work(event: Event) -> bool:
    """Whether somebody of the office has worked on the request: filing and handing it on is not yet that."""
    no_work = {RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE, RequestStep.TRANSFER}
    return event.act.role not in {Role.APPLICANT, Role.SYSTEM} and event.act.step not in no_work


def _handler_after(event: Event, head: Head) -> Any:  # noqa: ANN401  SQLAlchemy's own type of an expression
    """Return who handles a case after an event; another department decides anew."""
    if event.act.step is RequestStep.TRANSFER:
        return handler_within(head.department)
    return first_handler(event.act.actor) if event.act.role is Role.HANDLER else cases.c.handler
