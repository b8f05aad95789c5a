"""The fault matrix: real processes fail at every step, and nothing that was accepted is lost or doubled."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.e2e.crowd import Crowd, Outcome, assert_whole, crowd_of
from tests.e2e.office import Office, opened
from tests.e2e.platform import Platform
from tests.e2e.wechat_client import WeChatClient
from tests.servers import redis_server

pytestmark = [pytest.mark.e2e, pytest.mark.service, pytest.mark.timeout(240)]

Follower = Callable[[Office], WeChatClient]
STEPS = ("received", "admitted", "answering", "case stored", "conversation saved", "reply made")
LATE_STEPS = (
    "answering",
    "case stored",
    "late answer made",
    "late answer kept",
    "push claimed",
    "pushed",
    "push noted",
)


@pytest.fixture
async def site(tmp_path: Path, platform: Platform, stock: Path, follower: Follower) -> AsyncIterator[Crowd]:
    """Two workers that can be made to kill themselves, over one SQLite file and one real Redis."""
    async with AsyncExitStack() as stack:
        redis = redis_server()
        url = await asyncio.to_thread(redis.__enter__)
        stack.push_async_callback(asyncio.to_thread, redis.__exit__, None, None, None)
        mines = tmp_path / "mines"
        mines.mkdir()
        office = Office(
            tmp_path,
            platform.url,
            workers=2,
            redis=url,
            program=Path(__file__).with_name("saboteur.py"),
            environment={"SABOTAGE": str(mines)},
        )
        await stack.enter_async_context(opened(office, stock))
        yield crowd_of(office, platform, follower(office))


async def struck(crowd: Crowd, step: str, *, slow: bool) -> Outcome:
    """Four citizens register an inquiry, and a worker is killed at this step of one of them."""
    mines = crowd.office.folder / "mines"
    names = [f"o-{step}-{slow}-{number}".replace(" ", "_") for number in range(4)]
    await crowd.ask(*names)
    (mines / step).touch()
    if slow:
        (mines / "slow").touch()
    await crowd.register(*names)

    async def stepped_on() -> bool:
        return not (mines / step).exists()

    await crowd.until(stepped_on)
    if slow:
        # the others' cases are still being opened
        await asyncio.sleep(6)
        (mines / "slow").unlink()
    await crowd.settled()
    return await crowd.outcome(*names)


async def test_a_worker_killed_on_the_way_to_an_answer(site: Crowd) -> None:
    outcomes = {f"killed: {step}": await struck(site, step, slow=False) for step in STEPS}

    assert_whole(outcomes)


async def test_a_worker_killed_on_the_way_to_a_late_answer(site: Crowd) -> None:
    outcomes = {f"killed, late answer: {step}": await struck(site, step, slow=True) for step in LATE_STEPS}

    assert_whole(outcomes)
