"""The queue as a table for Excel: no words of citizens, nothing that names anybody."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from console import queue_texts, texts
from console.auth import Staff
from console.counter import Counter, Row
from console.filters import Filters
from console.journal import Deed, Entry, Journal
from console.pages import today
from console.request_texts import STAGE
from console.sheet import MARK, headers, lines
from register.queue import EntryKind
from register.types import Gap

BATCH = 2000


@dataclass(frozen=True, slots=True)
class ExportViews:
    """The download of what the filters show, each written into the audit trail before the first line is sent."""

    counter: Counter
    journal: Journal

    async def download(self, request: web.Request, staff: Staff) -> web.StreamResponse:
        """Send every line that somebody may see, batch by batch."""
        filters = Filters.read(request.query)
        wanted = self.counter.wanted(filters, staff, limit=BATCH)
        page = await self.counter.queue.find(wanted)
        at = self.counter.now()
        note = queue_texts.EXPORTED.format(total=page.total, query=filters.query or queue_texts.UNFILTERED)
        await self.journal.note(Entry(at, staff.name, Deed.EXPORT, queue_texts.QUEUE, note))
        name = f"queue-{today(at):%Y%m%d}.csv"
        response = web.StreamResponse(headers=headers(name))
        await response.prepare(request)
        await response.write((MARK + lines([queue_texts.COLUMNS])).encode())
        sent = 0
        while page.cases or page.gaps:
            await response.write(lines([*_cases(await self.counter.rows(page.cases)), *_gaps(page.gaps)]).encode())
            sent += len(page.cases) + len(page.gaps)
            page = await self.counter.queue.find(replace(wanted, offset=sent))
        await response.write_eof()
        return response


def _cases(rows: Iterable[Row]) -> Iterator[Sequence[str]]:
    for row in rows:
        case = row.case
        yield (
            case.reference,
            texts.KIND[case.kind],
            texts.STATUS[case.status],
            STAGE[row.head.stage] if row.head else "",
            case.department,
            case.handler,
            today(case.received_at).isoformat(),
            "" if case.paused else case.due_on.isoformat(),
            queue_texts.YES if case.provisional and not case.paused else "",
            row.due.words,
            "1",
        )


def _gaps(gaps: Iterable[Gap]) -> Iterator[Sequence[str]]:
    kind = queue_texts.KIND[EntryKind.GAP]
    for gap in gaps:
        first = today(gap.first_at).isoformat()
        yield (f"{kind} {gap.id}", kind, "", "", gap.department, "", first, "", "", "", str(gap.times))
