"""Several processes on one machine: shared work, a killed one replaced, all replaced without a refused request."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import psutil
import pytest

from tests.e2e.office import Office, clerk_of, opened
from tests.e2e.platform import Platform
from tests.servers import redis_server

pytestmark = [pytest.mark.e2e, pytest.mark.service, pytest.mark.timeout(180)]


@pytest.fixture
async def office(tmp_path: Path, platform: Platform, stock: Path) -> AsyncIterator[Office]:
    """Two workers over one SQLite file and one real Redis."""
    async with AsyncExitStack() as stack:
        redis = redis_server()
        url = await asyncio.to_thread(redis.__enter__)
        stack.push_async_callback(asyncio.to_thread, redis.__exit__, None, None, None)
        office = Office(tmp_path, platform.url, workers=2, redis=url)
        yield await stack.enter_async_context(opened(office, stock))


def workers(office: Office) -> list[psutil.Process]:
    assert office.process is not None
    return [child for child in psutil.Process(office.process.pid).children() if _serves(child)]


def _serves(child: psutil.Process) -> bool:
    try:
        return "--worker" in child.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False


async def ask(office: Office, text: str, *, token: str) -> tuple[int, str]:
    """Ask over a connection of its own, so that any of the processes may take it."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{office.url}/api/chat", json={"user": token, "text": text}) as response,
    ):
        return response.status, (await response.json())["text"]


async def visitor(office: Office) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"{office.url}/") as page:
        return page.cookies["zhengda_user"].value


async def test_a_conversation_goes_on_whichever_process_takes_the_message(office: Office) -> None:
    token = await visitor(office)
    for _ in range(4):
        _, said = await ask(office, "炖排骨放几勺盐", token=token)
        assert "没有查到" in said
        _, said = await ask(office, "1", token=token)
        assert "您的咨询已登记" in said


async def test_a_staff_answer_reaches_the_page_whichever_process_it_hangs_on(office: Office) -> None:
    async with clerk_of(office) as clerk, aiohttp.ClientSession() as session:
        await clerk.set_up()
        for number in range(1, 4):
            token = await visitor(office)
            await ask(office, "炖排骨放几勺盐", token=token)
            _, receipt = await ask(office, "1", token=token)
            reference = receipt.split("编号：")[1].split()[0]
            async with session.get(f"{office.url}/api/chat/events", params={"user": token}) as page:
                await clerk.answer(reference, f"答复{number}")
                event = await asyncio.wait_for(_event(page), 30)
            assert f"答复{number}" in event["text"]


async def _event(page: aiohttp.ClientResponse) -> dict[str, str]:
    async for line in page.content:
        if line.startswith(b"data: "):
            content: dict[str, str] = json.loads(line.removeprefix(b"data: "))
            return content
    raise EOFError


async def test_a_killed_process_is_replaced_and_the_others_go_on(office: Office) -> None:
    first = workers(office)
    assert len(first) == 2
    first[0].kill()
    token = await visitor(office)
    for _ in range(5):
        status, _ = await ask(office, "低保怎么申请", token=token)
        assert status == 200

    for _ in range(300):
        now = workers(office)
        if len(now) == 2 and first[0].pid not in {each.pid for each in now}:
            break
        await asyncio.sleep(0.1)
    assert len(workers(office)) == 2


async def test_all_processes_are_replaced_under_load_and_no_request_is_refused(office: Office) -> None:
    before = {each.pid for each in workers(office)}
    assert office.process is not None
    done = asyncio.Event()
    statuses: list[int] = []

    async def load() -> None:
        token = await visitor(office)
        while not done.is_set():
            status, _ = await ask(office, "低保怎么申请", token=token)
            statuses.append(status)
            # slower than the rate of one user
            await asyncio.sleep(0.5)

    crowd = [asyncio.create_task(load()) for _ in range(4)]
    office.process.send_signal(signal.SIGHUP)
    for _ in range(900):
        now = {each.pid for each in workers(office)}
        if len(now) == 2 and not now & before:
            break
        await asyncio.sleep(0.1)
    done.set()
    await asyncio.gather(*crowd)

    assert not {each.pid for each in workers(office)} & before
    assert len(statuses) > 10
    assert set(statuses) == {200}


async def test_no_process_outlives_the_first_one(office: Office) -> None:
    left = workers(office)
    await office.killed()
    gone, alive = await asyncio.to_thread(psutil.wait_procs, left, timeout=25)
    assert (len(gone), alive) == (2, [])


async def test_without_redis_several_processes_are_refused(tmp_path: Path, platform: Platform) -> None:
    office = Office(tmp_path, platform.url, workers=2)
    office.write_config()
    with pytest.raises(AssertionError, match="需要 Redis"):
        await office.start()


async def answers_counted(office: Office) -> float:
    """How many answers one scrape tells, whichever process it reaches."""
    async with aiohttp.ClientSession() as session, session.get(f"{office.url}/metrics") as response:
        lines = (await response.text()).splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("zhengda_answers_total{"))


async def test_every_scrape_tells_what_all_processes_counted(office: Office) -> None:
    asked = 8
    for _ in range(asked):
        await ask(office, "低保怎么申请", token=await visitor(office))
    assert {await answers_counted(office) for _ in range(10)} == {asked}

    workers(office)[0].kill()
    while len(workers(office)) < 2:  # noqa: ASYNC110  the test's own time limit ends it
        await asyncio.sleep(0.1)
    await ask(office, "低保怎么申请", token=await visitor(office))
    assert {await answers_counted(office) for _ in range(10)} == {asked + 1}
