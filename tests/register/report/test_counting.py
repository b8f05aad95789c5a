from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.delivery import Delivery, Sending
from register.disputes import Dispute, DisputeKind, DisputeResult
from register.filing import Category
from register.outcomes import Outcome
from register.report.checks import discrepancies
from register.report.counting import CountedCase, annual_report, counted_case, row_of
from register.report.tables import APPLICANTS, CELLS, Row
from register.request import Decision, DisclosureRequest, Fee
from register.steps import RequestStep
from tests.register.office import Office
from tests.register.report.samples import synthetic

YEAR = 2026
CELL_OF = dict(zip(list(Outcome)[2:], list(CELLS)[1:], strict=True)) | {
    Outcome.OPEN_PUBLISHED: Row.OPEN,
    Outcome.OPEN_PROVIDED: Row.OPEN,
}


def brute_force(cases: list[CountedCase], year: int) -> Counter[tuple[str, Category]]:
    """Count again, by other means: day by day through the life of each request."""
    counted: Counter[tuple[str, Category]] = Counter()
    first, last = date(year, 1, 1), date(year, 12, 31)
    for case in cases:
        ends = [decision.decided_on for decision in case.decisions]
        open_on = [case.received_on <= day and (not ends or ends[0] > day) for day in (date(year - 1, 12, 31), last)]
        new, ended = first <= case.received_on <= last, bool(ends) and first <= ends[0] <= last
        within = [decision for decision in case.decisions if first <= decision.decided_on <= last]
        for row, counts in (
            ("new", new),
            ("carried_in", open_on[0]),
            ("carried_out", open_on[1]),
            ("decided", ended),
        ):
            counted[row, case.category] += counts
        if ended:
            counted[CELL_OF[within[-1].outcome].value, case.category] += 1
    return counted


def check(cases: list[CountedCase], year: int) -> None:
    report = annual_report(cases, year)
    again = brute_force(cases, year)
    for row, line in report.tables.requests.items():
        assert line.numbers == tuple(again[row.value, applicant] for applicant in APPLICANTS), row
        assert line.total == sum(line.numbers)
        for applicant, number in zip(APPLICANTS, line.numbers, strict=True):
            assert len(report.cases.get((row, applicant), ())) == number
    assert discrepancies(report.tables) == ()


def test_a_year_of_thousands_of_requests_equals_a_recount() -> None:
    cases = synthetic(1, 6600)
    within = [case for case in cases if case.received_on.year == YEAR]

    assert len(within) >= 2000
    assert {case.category for case in within} == set(Category)
    assert {case.decisions[-1].outcome for case in within if case.decisions} == set(Outcome)
    check(cases, YEAR)


@given(seed=st.integers(0, 10_000), count=st.integers(0, 60), year=st.integers(2024, 2029))
def test_any_register_equals_a_recount(seed: int, count: int, year: int) -> None:
    check(synthetic(seed, count), year)


@given(seed=st.integers(0, 10_000), count=st.integers(0, 60))
def test_what_one_year_hands_over_the_next_takes(seed: int, count: int) -> None:
    cases = synthetic(seed, count)
    this, following = (annual_report(cases, year).tables.requests for year in (YEAR, YEAR + 1))

    assert following[Row.CARRIED_IN] == this[Row.CARRIED_OUT]
    assert annual_report(cases, YEAR + 1, this[Row.CARRIED_OUT]).discrepancies == ()


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("applicant", Category)
def test_every_outcome_of_every_applicant_has_its_cell(outcome: Outcome, applicant: Category) -> None:
    decided = Decision(outcome, date(2026, 3, 9))
    case = CountedCase("云岭-2026-000001", applicant, date(2026, 3, 2), (decided,))
    report = annual_report([case], YEAR)

    assert {row for row in CELLS if report.tables.requests[row].total} == {CELL_OF[outcome]}
    assert row_of(outcome) is CELL_OF[outcome]
    assert report.cases[row_of(outcome), applicant] == ("云岭-2026-000001",)


@pytest.mark.parametrize(
    ("received", "decided", "rows"),
    [
        (date(2026, 12, 31), None, {Row.NEW, Row.CARRIED_OUT}),
        (date(2026, 12, 31), date(2027, 1, 1), {Row.NEW, Row.CARRIED_OUT}),
        (date(2025, 12, 31), date(2026, 1, 1), {Row.CARRIED_IN, Row.DECIDED, Row.CREATE}),
        (date(2025, 12, 31), None, {Row.CARRIED_IN, Row.CARRIED_OUT}),
        (date(2025, 12, 31), date(2025, 12, 31), set()),
        (date(2027, 1, 1), None, set()),
        (date(2026, 1, 1), date(2026, 12, 31), {Row.NEW, Row.DECIDED, Row.CREATE}),
    ],
)
def test_the_days_around_new_year(received: date, decided: date | None, rows: set[Row]) -> None:
    decisions = () if decided is None else (Decision(Outcome.UNABLE_CREATE, decided),)
    report = annual_report([CountedCase("甲", Category.PERSON, received, decisions)], YEAR)

    assert {row for row, line in report.tables.requests.items() if line.total} == rows


def test_replies_delivered_after_their_last_day_are_told_apart() -> None:
    due, late = date(2026, 3, 30), date(2026, 3, 31)

    def case(reference: str, sending: Sending | None, decided: date = due) -> CountedCase:
        return CountedCase(reference, Category.PERSON, date(2026, 3, 2), (Decision(Outcome.PARTIAL, decided, sending),))

    cases = [
        case("按期", Sending(Delivery.POST, due, due)),
        case("逾期", Sending(Delivery.DIRECT, late, due)),
        case("撤回", None),
        case("次年", Sending(Delivery.DIRECT, date(2027, 1, 8), due), date(2027, 1, 8)),
    ]
    assert annual_report(cases, YEAR).late == ("逾期",)
    assert annual_report(cases, YEAR + 1).late == ("次年",)


def test_a_new_reply_in_the_same_year_replaces_the_first_and_a_later_one_is_not_counted_again() -> None:
    first = Decision(Outcome.UNABLE_CREATE, date(2026, 3, 9))
    same_year = Decision(Outcome.OPEN_PROVIDED, date(2026, 9, 9))
    next_year = Decision(Outcome.PARTIAL, date(2027, 9, 9))
    case = CountedCase("甲", Category.PERSON, date(2026, 3, 2), (first, same_year, next_year))

    counted = annual_report([case], YEAR).tables.requests
    assert {row for row in CELLS if counted[row].total} == {Row.OPEN}
    assert not any(line.total for line in annual_report([case], 2027).tables.requests.values())


def test_disputes_count_in_the_year_they_end_and_pend_at_its_close() -> None:
    def dispute(kind: DisputeKind, filed: int, result: DisputeResult | None = None, ruled: int = 0) -> Dispute:
        return Dispute(f"{kind}{filed}{ruled}", kind, date(filed, 6, 1), result, date(ruled, 6, 1) if ruled else None)

    case = CountedCase(
        "甲",
        Category.PERSON,
        date(2025, 1, 2),
        disputes=(
            dispute(DisputeKind.RECONSIDERATION, 2025, DisputeResult.UPHELD, 2026),
            dispute(DisputeKind.RECONSIDERATION, 2026, DisputeResult.CORRECTED, 2027),
            dispute(DisputeKind.RECONSIDERATION, 2025, DisputeResult.OTHER, 2025),
            dispute(DisputeKind.DIRECT_SUIT, 2026),
            dispute(DisputeKind.SUIT_AFTER, 2026, DisputeResult.OTHER, 2026),
            dispute(DisputeKind.SUIT_AFTER, 2027),
        ),
    )
    blocks = annual_report([case], YEAR).tables.disputes

    assert [block.numbers for block in blocks] == [(1, 0, 0, 1, 2), (0, 0, 0, 1, 1), (0, 0, 1, 0, 1)]


def test_fees_count_in_the_year_they_were_paid() -> None:
    paid = CountedCase("甲", Category.PERSON, date(2026, 3, 2), fee=Decimal(2200), fee_paid_on=date(2026, 4, 1))
    later = replace(paid, fee_paid_on=date(2027, 1, 4))
    unpaid = replace(paid, fee_paid_on=None)

    assert annual_report([paid, later, unpaid], YEAR).fees == Decimal(2200)


def test_a_request_of_the_register_is_read_as_it_ended() -> None:
    office = Office().begin().reply(Outcome.UNABLE_CREATE)
    case = counted_case("云岭-2026-000001", office.request)

    assert case is not None
    assert (case.category, case.received_on) == (Category.PERSON, date(2026, 3, 2))
    assert [decision.outcome for decision in case.decisions] == [Outcome.UNABLE_CREATE]


def test_a_paid_fee_is_read_and_an_unpaid_one_is_not() -> None:
    begun = Office().begin().request
    asked = replace(begun, fee=Fee("费1", "2200", date(2026, 3, 3)))
    paid = replace(begun, fee=Fee("费1", "2200", date(2026, 3, 3), paid_on=date(2026, 3, 9)))

    read = [counted_case("甲", request) for request in (asked, paid)]
    assert [case.fee for case in read if case is not None] == [Decimal(0), Decimal(2200)]


def test_what_was_merged_or_never_received_does_not_count() -> None:
    merged = Office().begin()
    merged.must(RequestStep.MERGE)

    assert counted_case("甲", merged.request) is None
    assert counted_case("乙", DisclosureRequest()) is None
