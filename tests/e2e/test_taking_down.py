"""A text taken down by one process, on two servers with indexes of their own over one database."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.database import Database
from storage.documents import SqlDocuments
from tests.e2e.conftest import OpenOffice
from tests.e2e.office import Office, opened
from tests.e2e.wechat_client import WeChatClient

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

Follower = Callable[[Office], WeChatClient]
DOCUMENT, NUMBER, TITLE = "yl-dibao-banfa", "云政〔2026〕5号", "云岭县最低生活保障审核确认办法"
WITHIN = 5.0


@asynccontextmanager
async def second_machine(first: Office, folder: Path) -> AsyncIterator[Office]:
    """Serve from the first one's database and a copy of its index."""
    other = Office(folder, first.api_base, database_url=f"sqlite:///{first.database}")
    await asyncio.to_thread(shutil.copytree, first.folder / "data" / "index", folder / "data" / "index")
    async with opened(other) as running:
        yield running


async def shows(citizen: WeChatClient, openid: str) -> bool:
    return f"出处：《{TITLE}》" in (await citizen.say(openid, NUMBER)).text


async def test_a_text_taken_down_is_shown_by_no_server_after_five_seconds(
    open_office: OpenOffice, follower: Follower, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("second")
    async with open_office() as first, second_machine(first, folder) as second:
        citizens = [follower(office) for office in (first, second)]
        assert [await shows(citizen, "o-before") for citizen in citizens] == [True, True]

        database = Database(f"sqlite:///{first.database}")
        documents = SqlDocuments(database, now=lambda: datetime.now(UTC))
        assert await documents.remove(DOCUMENT, by="值班", reason="内容有误")
        await database.aclose()
        await asyncio.sleep(WITHIN)

        # neither server has a new generation
        assert [await shows(citizen, "o-after") for citizen in citizens] == [False, False]
