"""The channel and the independent client of the end-to-end tests understand each other, over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.wechat.account import Account, Mode
from bot.channels.wechat.channel import WeChatChannel
from bot.types import Challenge, MessageKind, Option, Reply
from tests.bot.channels.wechat.payloads import APP_ID, CITIZEN, KEY, OLD_KEY, TOKEN
from tests.e2e.wechat_client import WeChatClient
from tests.fakes import FixedClock


@asynccontextmanager
async def connected(mode: str, data_format: str, key: str) -> AsyncIterator[WeChatClient]:
    """Serve an echo over the channel and yield a client with this mode, format and key."""
    clock = FixedClock()
    account = Account(name="wechat/main", app_id=APP_ID, token=TOKEN, aes_keys=(KEY, OLD_KEY), mode=Mode(mode))
    channel = WeChatChannel(account, now=clock)

    async def callback(request: web.Request) -> web.Response:
        message = channel.receive(request.query, await request.read())
        if isinstance(message, Challenge):
            return web.Response(text=message.echo)
        words = message.text if message.kind is MessageKind.TEXT else f"{message.kind}:{message.text}"
        body, content_type = channel.in_band(message, Reply(words, "echo", options=(Option("1", "已解决"),)))
        return web.Response(body=body, content_type=content_type, charset="utf-8")

    app = web.Application()
    app.router.add_route("*", "/", callback)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        yield WeChatClient(
            session,
            str(server.make_url("/")),
            app_id=APP_ID,
            token=TOKEN,
            aes_key=key,
            mode=mode,
            data_format=data_format,
            clock=lambda: clock().timestamp(),
        )


@pytest.mark.parametrize("data_format", ["xml", "json"])
@pytest.mark.parametrize(("mode", "key"), [("safe", KEY), ("safe", OLD_KEY), ("compat", KEY), ("plain", "")])
async def test_a_citizen_is_answered_in_every_mode_and_format(mode: str, data_format: str, key: str) -> None:
    async with connected(mode, data_format, key) as client:
        assert (await client.verify("123")).body == b"123"
        answer = await client.say(CITIZEN, "低保 ]]> <怎么>申请？😀\n第二行")
        assert answer.text == "低保 ]]> <怎么>申请？😀\n第二行\n\n回复 1 已解决"
        assert answer.content_type == f"application/{data_format}"
        assert (await client.happen(CITIZEN, "subscribe", key="qrscene_7")).text == "subscribe:7\n\n回复 1 已解决"
        assert (await client.happen(CITIZEN, "LOCATION")).body == b"success"


async def test_a_redelivery_is_the_same_request() -> None:
    async with connected("safe", "xml", KEY) as client:
        delivery = client.deliver(CITIZEN, "低保")
        assert (await client.post(delivery)).text == (await client.post(delivery)).text
