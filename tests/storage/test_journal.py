from datetime import date, timedelta

from bot.switches import Switching
from console.journal import Deed, Entry, Field
from knowledge.revisions import ReviewState, ReviewStep
from register.docket import Reveal
from register.gazette import NewProposal
from register.types import CaseKind, Event, NewCase, Status, Step
from storage.database import Database
from storage.documents import SqlDocuments
from storage.gazette import SqlGazette
from storage.journal import SqlJournal
from storage.numbers import new_query_code
from storage.requests import SqlRequests
from storage.switches import SqlSwitches
from tests.fakes import MONDAY, FixedClock, PlainVault, a_document
from tests.storage.conftest import Stores
from tests.storage.test_requests import filed

EXPORT = Entry(MONDAY + timedelta(minutes=5), "li", Deed.EXPORT, "队列", "导出 3 条")
NEW = NewCase("m1", CaseKind.INQUIRY, "问", "web", "u", MONDAY, date(2026, 3, 9), provisional=False)


class TestJournal:
    async def test_what_was_noted_stands_with_what_happened_to_cases_newest_first(self, stores: Stores) -> None:
        case = await stores.register.open(NEW)
        answered = Event(MONDAY + timedelta(minutes=1), "wang", Step.ANSWER, "答复的原文")
        await stores.register.record(case, answered, status=Status.ANSWERED)
        await stores.journal.note(EXPORT)

        trail = await stores.journal.trail()
        assert [(entry.actor, entry.step, entry.subject) for entry in trail.entries] == [
            ("li", Deed.EXPORT, "队列"),
            ("wang", Step.ANSWER, case.reference),
            ("citizen", Step.OPEN, case.reference),
        ]
        assert trail.entries[0] == EXPORT
        assert not trail.more
        # what a citizen was told is the case's, and no matter of the trail
        assert "原文" not in str(trail)

    async def test_it_can_be_narrowed_to_a_field_a_person_and_a_subject(self, stores: Stores) -> None:
        case = await stores.register.open(NEW)
        await stores.journal.note(EXPORT)
        assert (await stores.journal.trail(field=Field.OFFICE)).entries == (EXPORT,)
        assert (await stores.journal.trail(actor="li")).entries == (EXPORT,)
        (opened,) = (await stores.journal.trail(subject=case.reference)).entries
        assert opened.field is Field.CASES
        assert (await stores.journal.trail(actor="li", subject=case.reference)).entries == ()

    async def test_a_long_trail_is_read_in_stretches(self, stores: Stores) -> None:
        for minute in range(5):
            await stores.journal.note(Entry(MONDAY + timedelta(minutes=minute), "li", Deed.EXPORT, str(minute)))
        first, second = [await stores.journal.trail(offset=at, limit=3) for at in (0, 3)]
        assert [entry.subject for entry in (*first.entries, *second.entries)] == ["4", "3", "2", "1", "0"]
        assert (first.more, second.more) == (True, False)


async def test_requests_and_looks_at_personal_data_are_in_the_trail_without_what_is_sealed(database: Database) -> None:
    requests = SqlRequests(database, PlainVault(), code="浚县", query_code=new_query_code)
    docket = await requests.file(filed())
    await requests.note_reveal(Reveal(docket.case.reference, MONDAY, "li", "officer", "核对地址"))

    trail = await SqlJournal(database).trail()
    assert {entry.field for entry in trail.entries} == {Field.CASES, Field.REQUESTS, Field.REVEALS}
    assert "张三" not in str(trail)
    (look,) = (await SqlJournal(database).trail(field=Field.REVEALS)).entries
    assert (look.actor, look.note) == ("li", "核对地址")


async def test_the_calendar_the_switches_and_the_review_are_in_the_trail_with_before_and_after(
    database: Database,
) -> None:
    gazette, switches = SqlGazette(database), SqlSwitches(database)
    proposal = await gazette.propose(NewProposal("2027", "", "", "li", MONDAY))
    await gazette.settle(proposal.id, by="wang", at=MONDAY + timedelta(minutes=1), confirmed=True)
    await gazette.propose(NewProposal("local-1", "", "", "li", MONDAY + timedelta(minutes=2)))
    await switches.turn(Switching("web", "有误", "暂停", "chen", MONDAY + timedelta(minutes=3), off=True))
    documents = SqlDocuments(database, now=FixedClock(MONDAY + timedelta(minutes=4)))
    await documents.put(a_document("办法"), by="zhao")
    journal = SqlJournal(database)

    told = (await journal.trail()).entries

    assert [(each.field, each.actor, each.step, each.subject, each.before, each.after) for each in told] == [
        (Field.REVIEW, "zhao", ReviewStep.PUBLISH, "办法", "", ReviewState.PUBLISHED),
        (Field.CHANNELS, "chen", "off", "web", "", "off"),
        (Field.CALENDAR, "li", "propose", "local-1", "", ""),
        (Field.CALENDAR, "wang", "confirmed", "2027", "", ""),
        (Field.CALENDAR, "li", "propose", "2027", "", ""),
    ]
    some = await journal.trail(since=MONDAY + timedelta(minutes=1), until=MONDAY + timedelta(minutes=3))
    assert [each.actor for each in some.entries] == ["li", "wang"]
