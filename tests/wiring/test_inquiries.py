import logging
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from bot.errors import Unavailable
from config.settings import Settings
from register.calendar import Calendar
from register.inquiries import Target, Waiting
from register.types import CaseKind, NewCase
from storage.inquiries import SqlInquiries
from tests.fakes import MONDAY
from wiring.almanac import Almanac, imported
from wiring.inquiries import look
from wiring.parts import open_parts


async def test_a_closure_that_is_confirmed_moves_the_inquiries_that_wait(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(data_dir=tmp_path)
    async with open_parts(settings) as parts:
        assert parts.database is not None
        target = Target(5, Almanac(settings))
        due_on, provisional = target(MONDAY)
        new = NewCase("m1", CaseKind.INQUIRY, "问", "web", "u", MONDAY, due_on, provisional=provisional)
        case = await parts.register.open(new)
        imported(settings).mkdir()
        closure = f'[[closures]]\nname = "防汛停工"\nfrom = {due_on}\nto = {due_on}\ndocument = "公告"\n'
        (imported(settings) / "local-1.toml").write_text(closure, encoding="utf-8")

        with caplog.at_level(logging.INFO, logger="wiring.inquiries"):
            await look(SqlInquiries(parts.database), target)

        moved = await parts.register.get(case.reference)
        assert moved.due_on > due_on
        assert [each.getMessage() for each in caplog.records] == [
            f"day of inquiry {case.reference} moved from {due_on} to {moved.due_on}"
        ]


async def test_a_store_that_fails_is_asked_again_the_next_time(caplog: pytest.LogCaptureFixture) -> None:
    class Down:
        async def waiting(self) -> Sequence[Waiting]:
            raise Unavailable("the database cannot serve")

        async def reckon(self, inquiry: Waiting, *, due_on: date, provisional: bool) -> bool:
            raise NotImplementedError

    await look(Down(), Target(5, lambda: Calendar(())))

    assert [each.getMessage() for each in caplog.records] == ["the inquiries that wait could not be looked through"]
