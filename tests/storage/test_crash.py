import asyncio
import sys
from datetime import date
from pathlib import Path

import pytest

from register.queue import Wanted
from register.types import CaseKind, NewCase, Step
from storage.database import Database
from storage.queue import SqlQueue
from storage.register import SqlRegister
from tests.fakes import MONDAY, FixedClock, PlainVault

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("enough", [1, 40])
async def test_a_process_killed_in_a_storm_of_cases_loses_none_it_told_and_skips_no_number(
    database_url: str, clock: FixedClock, enough: int
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.storage.storm", database_url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    told = [(await process.stdout.readline()).decode().strip() for _ in range(enough)]
    process.kill()
    told += (await process.stdout.read()).decode().split()
    await process.wait()

    database = Database(database_url)
    register = SqlRegister(database, PlainVault(), code="浚县", now=clock)
    page = await SqlQueue(database).find(Wanted(limit=10_000))
    kept = sorted(case.reference for case in page.cases)
    assert len(told) >= enough
    assert set(told) <= set(kept)
    assert kept == [f"浚县-2026-{count:06d}" for count in range(1, len(kept) + 1)]
    for reference in kept:
        assert [event.step for event in await register.history(reference)] == [Step.OPEN]
    new = NewCase("after", CaseKind.INQUIRY, "问", "web", "u1", MONDAY, date(2026, 3, 9), provisional=False)
    assert (await register.open(new)).reference == f"浚县-2026-{len(kept) + 1:06d}"
    await database.aclose()
