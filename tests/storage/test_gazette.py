import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from register.gazette import Gazette, NewProposal, Standing
from register.recomputation import Change
from storage.database import Database
from storage.gazette import SqlGazette
from storage.memory import MemoryGazette
from tests.fakes import MONDAY

LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
async def gazette(place: str) -> AsyncIterator[Gazette]:
    if place == "memory":
        yield MemoryGazette()
        return
    database = Database(place)
    yield SqlGazette(database)
    await database.aclose()


def new(name: str = "2027", text: str = "year = 2027", by: str = "li") -> NewProposal:
    return NewProposal(name, text, "通知", by, MONDAY)


async def test_what_is_proposed_waits_and_counts_for_nothing(gazette: Gazette) -> None:
    kept = await gazette.propose(new())

    assert kept == await gazette.proposal(kept.id)
    assert (kept.standing, kept.version, kept.edition, kept.report) == (Standing.WAITING, 0, 0, None)
    assert await gazette.in_force() == {}
    assert await gazette.edition() == 0
    assert await gazette.proposal(kept.id + 1) is None


async def test_each_confirmation_is_the_next_version_of_its_name_and_the_next_edition_of_all(gazette: Gazette) -> None:
    for text in ("a", "b"):
        assert await gazette.settle((await gazette.propose(new(text=text))).id, by="wang", at=LATER, confirmed=True)
    other = await gazette.propose(new(name="local-1", text="c"))
    assert await gazette.settle(other.id, by="wang", at=LATER, confirmed=True)

    latest, second, first = await gazette.proposals()

    assert [(each.version, each.edition) for each in (first, second, latest)] == [(1, 1), (2, 2), (1, 3)]
    assert (latest.settled_by, latest.settled_at, latest.standing) == ("wang", LATER, Standing.CONFIRMED)
    assert await gazette.in_force() == {"2027": "b", "local-1": "c"}
    assert await gazette.in_force(before=2) == {"2027": "a"}
    assert await gazette.in_force(before=1) == {}
    assert await gazette.edition() == 3


async def test_what_is_dropped_or_confirmed_waits_no_more(gazette: Gazette) -> None:
    dropped, kept = await gazette.propose(new()), await gazette.propose(new(name="local-1"))

    assert await gazette.settle(dropped.id, by="wang", at=LATER, confirmed=False)
    assert not await gazette.settle(dropped.id, by="zhao", at=LATER, confirmed=True)
    assert await gazette.settle(kept.id, by="wang", at=LATER, confirmed=True)
    assert not await gazette.settle(kept.id, by="zhao", at=LATER, confirmed=True)
    assert not await gazette.settle(99, by="zhao", at=LATER, confirmed=True)
    assert await gazette.edition() == 1


async def test_a_second_proposal_of_a_year_takes_the_place_of_the_one_that_waits(gazette: Gazette) -> None:
    first = await gazette.propose(new(by="li"))
    await gazette.propose(new(by="zhao"))

    replaced = await gazette.proposal(first.id)

    assert replaced is not None
    assert (replaced.standing, replaced.settled_by) == (Standing.DROPPED, "zhao")


async def test_the_report_is_kept_with_its_proposal(gazette: Gazette) -> None:
    kept = await gazette.propose(new())
    report = (
        Change("云岭-2026-000001", date(2027, 1, 8), None, provisional=False),
        Change("云岭-2026-000001", date(2027, 1, 8), date(2027, 1, 11), provisional=True, letter="函1"),
    )

    await gazette.note_report(kept.id, report)

    told = await gazette.proposal(kept.id)
    assert told is not None
    assert told.report == report


async def test_confirmed_at_the_same_time_by_two_it_is_confirmed_once(gazette: Gazette) -> None:
    kept = await gazette.propose(new())

    done = await asyncio.gather(*(gazette.settle(kept.id, by=by, at=LATER, confirmed=True) for by in "abcd"))

    assert sorted(done) == [False, False, False, True]
    assert await gazette.edition() == 1
