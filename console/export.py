"""The queue as a table for Excel: no words of citizens, nothing that names anybody."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from console import queue_texts, texts
from console.auth import Staff
from console.counter import Counter, Row
from console.filters import Filters
from console.journal import Deed, Entry, Journal
from console.pages import HEADERS, today
from console.request_texts import STAGE
from register.queue import EntryKind
from register.report.writing import inert
from register.types import Gap

BATCH = 2000
MARK = "\ufeff"
"""By which Excel knows that a file is UTF-8."""


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
        response = web.StreamResponse(headers=_headers(name))
        await response.prepare(request)
        await response.write((MARK + _lines([queue_texts.COLUMNS])).encode())
        sent = 0
        while page.cases or page.gaps:
            await response.write(_lines([*_cases(await self.counter.rows(page.cases)), *_gaps(page.gaps)]).encode())
            sent += len(page.cases) + len(page.gaps)
            page = await self.counter.queue.find(replace(wanted, offset=sent))
        await response.write_eof()
        return response


def _headers(name: str) -> dict[str, str]:
    return {
        **HEADERS,
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }


def _lines(rows: Iterable[Sequence[str]]) -> str:
    written = io.StringIO(newline="")
    csv.writer(written).writerows([inert(cell) for cell in row] for row in rows)
    return written.getvalue()


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
