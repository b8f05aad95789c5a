import logging
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pytest

from bot.errors import Unavailable
from config.settings import Settings
from register.calendar import Calendar
from register.docket import Head, NewRequest
from register.filing import Category
from register.reckoning import Reckoned
from register.steps import RequestStep, Stage
from register.types import Status
from register.watch import Watch
from tests.fakes import MONDAY
from tests.register.office import FILING, Office
from wiring.almanac import imported
from wiring.parts import open_parts
from wiring.requests import look, open_chancery, open_watch, recomputation

LONG_AGO = date(2026, 4, 1)


def filed() -> NewRequest:
    """A request of spring, kept with a last day that is not the true one."""
    office = Office()
    office.must(RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE)
    head = Head(Stage.TRIAGE, Status.RECEIVED, Category.PERSON, "m-1", due_on=LONG_AGO)
    return NewRequest("web:li:1", FILING.wish.description, "web", "li", MONDAY, LONG_AGO, head, tuple(office.events))


async def test_a_round_sets_the_last_day_right_and_tells_of_what_is_overdue_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(data_dir=tmp_path)
    async with open_parts(settings) as parts:
        chancery = open_chancery(settings, parts)
        assert chancery is not None
        docket = await chancery.requests.file(filed())
        reference = docket.case.reference
        true_day = (await chancery.office.load(reference)).clock
        assert true_day is not None

        with caplog.at_level(logging.INFO, logger="wiring.requests"):
            await look(open_watch(chancery))
            await look(open_watch(chancery))

        assert [record.getMessage() for record in caplog.records] == [
            f"last day of {reference} moved from {LONG_AGO} to {true_day.due}",
            f"{reference}: overdue, last day {true_day.due}",
        ]
        assert (await chancery.requests.load(reference)).case.due_on == true_day.due


async def test_a_store_that_fails_is_asked_again_the_next_time(caplog: pytest.LogCaptureFixture) -> None:
    class Down:
        async def under_way(self) -> Mapping[str, Head]:
            raise Unavailable("the database cannot serve")

        async def remind(self, reference: str, kind: str, due_on: date, *, at: datetime) -> bool:
            raise NotImplementedError

    async def no_clock(_reference: str, _head: Head) -> Reckoned:
        return Reckoned(None)

    down = Watch(Down(), no_clock, calendar=lambda: Calendar(()), terms=[], now=lambda: MONDAY)

    await look(down)

    assert [record.getMessage() for record in caplog.records] == ["the requests under way could not be looked through"]


async def test_a_calendar_that_changes_sets_the_open_requests_right_and_tells_which(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    async with open_parts(settings) as parts:
        chancery = open_chancery(settings, parts)
        assert chancery is not None
        reference = (await chancery.requests.file(filed())).case.reference
        await look(open_watch(chancery))
        before = chancery.office.calendar()
        kept = (await chancery.requests.load(reference)).case.due_on
        imported(settings).mkdir()
        closure = f'[[closures]]\nname = "防汛停工"\nfrom = {kept}\nto = {kept}\ndocument = "公告"\n'
        (imported(settings) / "local-1.toml").write_text(closure, encoding="utf-8")
        after = chancery.office.calendar()

        (change,) = await recomputation(chancery)(before, after)

        assert (change.reference, change.old) == (reference, kept)
        assert change.new is not None
        assert change.new > kept
        assert (await chancery.requests.load(reference)).case.due_on == change.new
        assert await recomputation(None)(before, after) == ()
