"""An annual report counted from the register."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from register.disputes import Dispute, DisputeKind, DisputeResult
from register.filing import Category, category
from register.outcomes import RULINGS, Outcome
from register.report.checks import discrepancies
from register.report.tables import (
    APPLICANTS,
    DisputeBlock,
    Line,
    PublishedTable,
    RequestTable,
    Row,
    Tables,
)
from register.request import Decision, DisclosureRequest

CaseList = Mapping[tuple[Row, Category], tuple[str, ...]]
"""Which requests a number stands for: the references behind each row and kind of applicant."""


@dataclass(frozen=True, slots=True)
class CountedCase:
    """What the annual report reads of one request. `fee` is what was paid on `fee_paid_on`, in yuan."""

    reference: str
    category: Category
    received_on: date
    decisions: tuple[Decision, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    fee: Decimal = Decimal(0)
    fee_paid_on: date | None = None


@dataclass(frozen=True, slots=True)
class Narrative:
    """The sections that people write: 一、总体情况, 五、存在的主要问题及改进情况, 六、其他需要报告的事项."""

    overview: str = ""
    problems: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """An annual report: its numbers, the requests behind each of them, the fees collected in yuan, and the words.

    `late` are the requests whose counted reply was delivered after the last day, for the office's own eyes. `opening`
    is what the year before handed over by its own report (row 四), where that is known.
    """

    agency: str
    year: int
    tables: Tables
    cases: CaseList
    fees: Decimal
    late: tuple[str, ...] = ()
    opening: Line | None = None
    narrative: Narrative = Narrative()

    @property
    def discrepancies(self) -> tuple[str, ...]:
        """What does not balance, one Chinese sentence each."""
        return discrepancies(self.tables, opening=self.opening)


def counted_case(reference: str, request: DisclosureRequest) -> CountedCase | None:
    """Return what the report reads of a request; None where it does not count: not received yet, merged or split."""
    if request.filing is None or request.received_on is None or request.merged_into or request.parts:
        return None
    paid_on = request.fee.paid_on if request.fee is not None else None
    return CountedCase(
        reference=reference,
        category=category(request.filing.applicant),
        received_on=request.received_on,
        decisions=request.decisions,
        disputes=request.disputes,
        fee=Decimal(request.fee.amount) if request.fee is not None and paid_on is not None else Decimal(0),
        fee_paid_on=paid_on,
    )


def annual_report(
    cases: Iterable[CountedCase],
    year: int,
    opening: Line | None = None,
    *,
    agency: str = "",
    published: PublishedTable | None = None,
    narrative: Narrative | None = None,
) -> Report:
    """Return the report of a year.

    A request is new in the year of its receipt and a result in the year of its first decision; between them it is
    carried over (结转), also while it waits for a correction. A reply ordered by a decision on a dispute replaces the
    first one within the same year and is not counted again later. Inquiries (咨询) are no requests and do not count.
    What the year took over is counted from the register too; `opening` only checks it.
    """
    listed = tuple(cases)
    behind: dict[tuple[Row, Category], list[str]] = {}
    for case in listed:
        for row in _rows(case, year):
            behind.setdefault((row, case.category), []).append(case.reference)
    found = {key: tuple(sorted(references)) for key, references in behind.items()}
    disputes = [dispute for case in listed for dispute in case.disputes]
    return Report(
        agency=agency,
        year=year,
        tables=Tables(published or PublishedTable(), _request_table(found), _dispute_table(disputes, year)),
        cases=found,
        fees=sum((case.fee for case in listed if _in(year, case.fee_paid_on)), Decimal(0)),
        late=tuple(sorted(case.reference for case in listed if _is_late(case, year))),
        opening=opening,
        narrative=narrative or Narrative(),
    )


def _rows(case: CountedCase, year: int) -> Iterable[Row]:
    decided = case.decisions[0].decided_on.year if case.decisions else None
    if case.received_on.year > year or (decided is not None and decided < year):
        return
    yield Row.NEW if case.received_on.year == year else Row.CARRIED_IN
    if decided != year:
        yield Row.CARRIED_OUT
        return
    yield Row.DECIDED
    yield row_of(_last_of(case.decisions, year).outcome)


def _is_late(case: CountedCase, year: int) -> bool:
    if Row.DECIDED not in _rows(case, year):
        return False
    sending = _last_of(case.decisions, year).sending
    return sending is not None and not sending.on_time


def row_of(outcome: Outcome) -> Row:
    """Return the row of table three in which an outcome counts."""
    return RULINGS[outcome].cell


def _last_of(decisions: Sequence[Decision], year: int) -> Decision:
    return [decision for decision in decisions if decision.decided_on.year == year][-1]


def _request_table(cases: CaseList) -> RequestTable:
    table: dict[Row, Line] = {}
    for row in Row:
        numbers = tuple(len(cases.get((row, applicant), ())) for applicant in APPLICANTS)
        table[row] = Line(numbers, sum(numbers))
    return table


def _dispute_table(disputes: Sequence[Dispute], year: int) -> tuple[DisputeBlock, DisputeBlock, DisputeBlock]:
    reconsideration, direct, after = (
        _block([dispute for dispute in disputes if dispute.kind is kind], year) for kind in DisputeKind
    )
    return (reconsideration, direct, after)


def _block(disputes: Sequence[Dispute], year: int) -> DisputeBlock:
    ended = [dispute.result for dispute in disputes if _in(year, dispute.ruled_on)]
    pending = sum(
        dispute.filed_on.year <= year and (dispute.ruled_on is None or dispute.ruled_on.year > year)
        for dispute in disputes
    )
    upheld, corrected, other = (ended.count(result) for result in DisputeResult)
    return DisputeBlock(upheld, corrected, other, pending, upheld + corrected + other + pending)


def _in(year: int, on: date | None) -> bool:
    return on is not None and on.year == year
