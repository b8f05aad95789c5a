"""A machine is lost with everything on it: what was accepted comes back from the backup, here or on PostgreSQL."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import OpenOffice
from tests.e2e.office import Office, clerk_of
from tests.e2e.platform import Platform
from tests.e2e.test_journeys import ANSWER, register_inquiry, rows, settled
from tests.e2e.test_requests import file
from tests.e2e.wechat_client import WeChatClient
from tests.servers import postgresql_server

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

Follower = Callable[[Office], WeChatClient]


async def backed_up(office: Office) -> tuple[Path, Path]:
    """Back a running office up, together with its keys in a file of their own."""
    backup, keys = office.folder / "backup.zip", office.folder / "keys.zip"
    said = await office.run("backup", str(backup), "--keys", str(keys))
    assert "已备份到" in said
    return backup, keys


async def lose_everything(office: Office) -> None:
    await office.killed()
    await asyncio.to_thread(shutil.rmtree, office.folder / "data")


async def test_what_was_accepted_comes_back_and_numbers_go_on(
    open_office: OpenOffice, follower: Follower, platform: Platform
) -> None:
    async with open_office() as office, clerk_of(office) as clerk:
        await clerk.set_up()
        citizen = follower(office)
        inquiry, code = await register_inquiry(citizen, "o-asker")
        request, request_code = await file(citizen, "o-applicant")
        backup, keys = await backed_up(office)
        await lose_everything(office)

        said = await office.run("restore", str(backup), "--keys", str(keys))

        assert "加密的内容都能打开" in said
        await office.start()
        assert "出处：《" in (await citizen.say("o-visitor", "低保怎么申请")).text
        assert "待处理" in (await citizen.say("o-asker", f"查询 {inquiry} {code}")).text
        assert request in (await citizen.say("o-applicant", f"查询 {request} {request_code}")).text
        await clerk.log_in("officer-one")
        await clerk.answer(inquiry, ANSWER)
        await settled(office, inquiry, "sent")
        assert platform.texts("o-asker") == [f"您的咨询 {inquiry} 已答复：\n{ANSWER}"]
        following, _ = await register_inquiry(citizen, "o-other")
        assert [each.rsplit("-", 1)[1] for each in (inquiry, request, following)] == ["000001", "000002", "000003"]


async def test_a_backup_taken_while_citizens_write_has_no_case_in_half(
    open_office: OpenOffice, follower: Follower
) -> None:
    async with open_office() as office:
        citizen = follower(office)
        going_on = asyncio.Event()

        async def write(number: int) -> None:
            for turn in range(100):
                await register_inquiry(citizen, f"o-{number}-{turn}")
                if going_on.is_set():
                    return

        crowd = [asyncio.create_task(write(number)) for number in range(4)]
        await asyncio.sleep(0.5)
        backup, keys = await backed_up(office)
        going_on.set()
        await asyncio.gather(*crowd)
        await lose_everything(office)
        await office.run("restore", str(backup), "--keys", str(keys))

        cases = rows(office, "SELECT reference FROM cases ORDER BY reference")
        assert cases == [(f"云岭-2026-{number:06d}",) for number in range(1, len(cases) + 1)]
        assert rows(office, "SELECT value FROM counters WHERE name = '云岭-2026'") == [(len(cases),)]
        assert rows(office, "SELECT count(DISTINCT reference) FROM events") == [(len(cases),)]


@pytest.mark.service
async def test_an_office_moves_from_sqlite_to_postgresql(open_office: OpenOffice, follower: Follower) -> None:
    async with open_office() as office:
        citizen = follower(office)
        inquiry, code = await register_inquiry(citizen, "o-asker")
        await office.stop()
        source = f"sqlite:///{office.database}"
        server = postgresql_server()
        office.database_url = await asyncio.to_thread(server.__enter__)
        try:
            office.write_config()
            said = await office.run("migrate", "--copy-from", source)
            assert "行数和摘要逐表一致" in said
            await office.start()
            assert "待处理" in (await citizen.say("o-asker", f"查询 {inquiry} {code}")).text
            assert "出处：《" in (await citizen.say("o-visitor", "低保怎么申请")).text
            following, _ = await register_inquiry(citizen, "o-other")
            assert following.endswith("000002")
            await office.stop()
        finally:
            await asyncio.to_thread(server.__exit__, None, None, None)
