"""Real processes behind 企业微信, 微信客服 and 微博: a question comes in, the answer is read on the other side."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.kf_platform import KEPT, KfPlatform
from tests.e2e.office import AES_KEY, TOKEN, Office, opened
from tests.e2e.wecom_client import WeComWriter
from tests.e2e.weibo_client import WeiboWriter

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

CORP = "ww0000000001"
SECRET = "corp-secret"
APP_SECRET = "0123456789abcdef"
QUESTION = "低保怎么申请"


class ManyChannels(Office):
    """An installation with every kind of channel; the platform of 企业微信 is a stand-in."""

    def write_config(self) -> None:
        super().write_config()
        with self.config.open("a", encoding="utf-8") as config:
            for kind, own in (("wecom", "agent_id = 7"), ("kf", "")):
                config.write(
                    f'[[channels.{kind}]]\nname = "main"\ncorp_id = "{CORP}"\nsecret = "{SECRET}"\n'
                    f'token = "{TOKEN}"\naes_key = "{AES_KEY}"\napi_base = "{self.api_base}"\n{own}\n'
                )
            config.write(f'[[channels.weibo]]\nname = "main"\napp_key = "1"\napp_secret = "{APP_SECRET}"\n')


@pytest.fixture
async def kf_platform() -> AsyncIterator[KfPlatform]:
    async with KfPlatform(corp_id=CORP, secret=SECRET, clock=time.time) as platform:
        yield platform


@pytest.fixture
async def office(tmp_path: Path, kf_platform: KfPlatform, stock: Path) -> AsyncIterator[Office]:
    async with opened(ManyChannels(tmp_path, kf_platform.url), stock) as running:
        yield running


def writer() -> WeComWriter:
    return WeComWriter(corp_id=CORP, agent_id=7, token=TOKEN, aes_key=AES_KEY, clock=time.time)


async def nudge(session: aiohttp.ClientSession, office: Office) -> None:
    delivery = writer().request("sys", {"MsgType": "event", "Event": "kf_msg_or_event", "Token": "t", "OpenKfId": KEPT})
    address = f"{office.url}/channels/kf/main"
    async with session.post(address, params=delivery.query, data=delivery.body) as response:
        assert (response.status, await response.text()) == (200, "success")


async def arrived(platform: KfPlatform, customer: str, count: int) -> list[str]:
    async with asyncio.timeout(30):
        while len(platform.texts(customer)) < count:  # noqa: ASYNC110  the stand-in's own state
            await asyncio.sleep(0.05)
    return platform.texts(customer)


async def test_a_member_and_a_follower_are_answered(browser_session: aiohttp.ClientSession, office: Office) -> None:
    member, follower = writer(), WeiboWriter(app_secret=APP_SECRET, data_format="json", clock=time.time)
    delivery = member.deliver("ZhangSan", QUESTION)
    address = f"{office.url}/channels/wecom/main"
    async with browser_session.post(address, params=delivery.query, data=delivery.body) as response:
        assert "出处：" in member.opened(await response.read())["Content"]

    delivery = follower.deliver(2489518277, QUESTION)
    address = f"{office.url}/channels/weibo/main"
    async with browser_session.post(address, params=delivery.query, data=delivery.body) as response:
        assert "出处：" in follower.shown(await response.read())


async def test_what_customers_write_is_fetched_and_answered_once_across_a_kill(
    browser_session: aiohttp.ClientSession, office: Office, kf_platform: KfPlatform
) -> None:
    kf_platform.write("wm1", QUESTION)
    await nudge(browser_session, office)
    assert "出处：" in (await arrived(kf_platform, "wm1", 1))[0]

    await office.killed()
    kf_platform.write("wm1", "谢谢")
    kf_platform.write("wm2", QUESTION)
    await office.start()

    # nobody nudges again: the process looks for what it missed
    assert len(await arrived(kf_platform, "wm2", 1)) == 1
    assert [text[:4] for text in await arrived(kf_platform, "wm1", 2)][1] == "不客气。"
    await asyncio.sleep(2)
    assert (len(kf_platform.texts("wm1")), len(kf_platform.texts("wm2"))) == (2, 1)
