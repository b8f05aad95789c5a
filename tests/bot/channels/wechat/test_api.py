import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NoReturn

import aiohttp
import pytest

from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.menu import Button
from bot.channels.wechat.verdicts import TooLong
from bot.channels.wechat.wire import PATIENCE, NotSent, Wire
from bot.errors import DeliveryFailed, DeliveryUncertain, Unreachable
from tests.e2e.platform import Fault, Platform
from tests.fakes import FixedClock

OPENID = "oTest_citizen-000000000001"
SECRET = "s"


@dataclass(slots=True)
class Naps:
    """Sleeps of no length, counted."""

    taken: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


@dataclass(slots=True)
class Bench:
    """An account's API client, the stand-in it talks to, and their common clock."""

    platform: Platform
    session: aiohttp.ClientSession
    clock: FixedClock
    naps: Naps = field(default_factory=Naps)

    def api(
        self,
        *,
        secret: str = SECRET,
        api_base: str = "",
        spare: str = "",
        timeout: aiohttp.ClientTimeout = PATIENCE,
    ) -> WeChatApi:
        return WeChatApi(
            self.session,
            app_id="wx1",
            secret=secret,
            now=self.clock,
            api_base=api_base or self.platform.url,
            spare=spare,
            timeout=timeout,
            sleep=self.naps,
            jitter=lambda: 0.5,
        )


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    clock = FixedClock()
    async with (
        Platform(app_id="wx1", secret="s", clock=lambda: clock().timestamp()) as platform,
        aiohttp.ClientSession() as session,
    ):
        yield Bench(platform, session, clock)


async def test_a_text_arrives_unescaped_and_without_an_ai_mark(bench: Bench) -> None:
    await bench.api().send_text(OPENID, "您好：“低保” <a>😀")
    assert bench.platform.texts(OPENID) == ["您好：“低保” <a>😀"]
    assert bench.platform.contents == [{"touser": OPENID, "msgtype": "text", "text": {"content": "您好：“低保” <a>😀"}}]


async def test_one_token_serves_many_calls(bench: Bench) -> None:
    api = bench.api()
    for _ in range(3):
        await api.send_text(OPENID, "x")
    assert bench.platform.token_fetches == 1


async def test_each_call_has_a_connection_of_its_own_that_nobody_can_close_meanwhile(bench: Bench) -> None:
    api = bench.api()
    for _ in range(3):
        await api.send_text(OPENID, "x")
    assert len(bench.platform.peers) == 4


async def test_callers_that_meet_share_one_fetch(bench: Bench) -> None:
    api = bench.api()
    bench.platform.token_delay = 0.05
    await asyncio.gather(*(api.send_text(OPENID, str(number)) for number in range(20)))
    assert bench.platform.token_fetches == 1
    assert len(bench.platform.pushes) == 20


async def test_the_token_is_renewed_before_it_ends(bench: Bench) -> None:
    api = bench.api()
    await api.send_text(OPENID, "x")
    # five minutes early, and up to one more so that processes do not all come at once: here half of it
    bench.clock.forward(seconds=7200 - 331)
    await api.send_text(OPENID, "x")
    assert bench.platform.token_fetches == 1
    bench.clock.forward(seconds=1)
    await api.send_text(OPENID, "x")
    assert bench.platform.token_fetches == 2


async def test_a_short_lived_token_is_used_for_most_of_its_life(bench: Bench) -> None:
    bench.platform.lifetime = 100
    api = bench.api()
    await api.send_text(OPENID, "x")
    bench.clock.forward(seconds=37)
    await api.send_text(OPENID, "x")
    assert bench.platform.token_fetches == 1
    bench.clock.forward(seconds=1)
    await api.send_text(OPENID, "x")
    assert bench.platform.token_fetches == 2


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_stale_token_is_renewed_once_and_the_text_sent_once(bench: Bench, code: int) -> None:
    api = bench.api()
    await api.send_text(OPENID, "one")
    bench.platform.expire_tokens()
    bench.platform.script("send", code)
    await api.send_text(OPENID, "two")
    assert bench.platform.token_fetches == 2
    assert bench.platform.texts(OPENID) == ["one", "two"]


async def test_a_storm_of_refused_tokens_makes_one_fetch(bench: Bench) -> None:
    api = bench.api()
    await api.send_text(OPENID, "first")
    bench.platform.expire_tokens()
    await asyncio.gather(*(api.send_text(OPENID, str(number)) for number in range(20)))
    assert bench.platform.token_fetches == 2
    assert len(bench.platform.pushes) == 21


async def test_a_platform_that_insists_on_its_token_is_asked_once_in_a_while(bench: Bench) -> None:
    api = bench.api()
    bench.platform.script("send", *[40001] * 20)
    results = await asyncio.gather(*(api.send_text(OPENID, str(n)) for n in range(10)), return_exceptions=True)
    assert all(isinstance(result, DeliveryFailed) and result.retry_after for result in results)
    assert bench.platform.token_fetches == 2
    bench.clock.forward(seconds=31)
    with pytest.raises(DeliveryFailed):
        await api.send_text(OPENID, "x")
    assert bench.platform.token_fetches == 3
    assert bench.platform.pushes == []


async def test_a_token_refused_twice_in_one_call_is_not_renewed_again(bench: Bench) -> None:
    api = bench.api()
    await api.send_text(OPENID, "one")
    bench.platform.expire_tokens()
    bench.platform.script("send", 40001, 40001)
    with pytest.raises(DeliveryFailed) as caught:
        await api.send_text(OPENID, "two")
    assert caught.value.retry_after == timedelta(minutes=1)
    assert bench.platform.calls["send"] == 3


async def test_a_busy_platform_is_waited_for_twice(bench: Bench) -> None:
    bench.platform.script("send", -1, -1)
    await bench.api().send_text(OPENID, "x")
    assert bench.naps.taken == [1.0, 2.0]
    assert bench.platform.texts(OPENID) == ["x"]


async def test_a_platform_busy_for_longer_is_tried_later(bench: Bench) -> None:
    bench.platform.script("send", -1, -1, -1)
    with pytest.raises(DeliveryFailed) as caught:
        await bench.api().send_text(OPENID, "x")
    assert caught.value.retry_after == timedelta(seconds=30)
    assert bench.platform.pushes == []


@pytest.mark.parametrize(
    ("code", "error"), [(45015, Unreachable), (45047, Unreachable), (45009, DeliveryFailed), (45002, TooLong)]
)
async def test_a_refusal_is_told_by_its_kind(bench: Bench, code: int, error: type[DeliveryFailed]) -> None:
    bench.platform.script("send", code)
    with pytest.raises(error):
        await bench.api().send_text(OPENID, "x")
    assert bench.platform.calls["send"] == 1


async def test_what_needs_an_operator_is_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.platform.script("send", 40164)
    with pytest.raises(DeliveryFailed, match="管理员"):
        await bench.api().send_text(OPENID, "x")
    assert [record.levelno for record in caplog.records if record.name.startswith("bot")] == [logging.ERROR]


@pytest.mark.parametrize("fault", [Fault.HALF_BODY, Fault.NOT_JSON, Fault.DISCONNECT, Fault.SERVER_ERROR, Fault.LIST])
async def test_what_may_have_arrived_is_never_sent_again(bench: Bench, fault: Fault) -> None:
    bench.platform.script("send", fault)
    with pytest.raises(DeliveryUncertain):
        await bench.api().send_text(OPENID, "x")
    assert bench.platform.calls["send"] == 1


async def test_an_answer_without_a_code_is_uncertain(bench: Bench) -> None:
    bench.platform.script("send", Fault.NO_CODE)
    with pytest.raises(DeliveryUncertain):
        await bench.api().send_text(OPENID, "x")


@pytest.mark.parametrize("fault", [Fault.TIMEOUT, Fault.DONE_TIMEOUT])
async def test_a_time_out_after_the_request_left_is_uncertain(bench: Bench, fault: Fault) -> None:
    api = bench.api(timeout=aiohttp.ClientTimeout(total=0.3))
    bench.platform.script("send", fault)
    with pytest.raises(DeliveryUncertain):
        await api.send_text(OPENID, "x")
    assert bench.platform.calls["send"] == 1
    assert len(bench.platform.pushes) == (fault is Fault.DONE_TIMEOUT)


async def test_a_gateway_that_knows_no_such_page_took_nothing(bench: Bench) -> None:
    bench.platform.script("send", Fault.NOT_FOUND)
    with pytest.raises(DeliveryFailed) as caught:
        await bench.api().send_text(OPENID, "x")
    assert not isinstance(caught.value, DeliveryUncertain)
    assert caught.value.retry_after == timedelta(seconds=30)


async def test_no_connection_is_no_delivery(bench: Bench, unused_tcp_port: int) -> None:
    api = bench.api(api_base=f"http://127.0.0.1:{unused_tcp_port}/")
    with pytest.raises(DeliveryFailed) as caught:
        await api.send_text(OPENID, "x")
    assert not isinstance(caught.value, DeliveryUncertain)
    assert caught.value.retry_after == timedelta(seconds=30)


async def test_a_server_that_takes_no_connection_got_nothing_and_no_error_tells_the_token(bench: Bench) -> None:
    async with aiohttp.ClientSession(connector=Stuck()) as session:
        wire = Wire(session, bench.platform.url, aiohttp.ClientTimeout(total=5, connect=0.05))
        with pytest.raises(NotSent) as caught:
            await wire.post("/cgi-bin/message/custom/send", {}, token="token-1")
    assert "token-1" not in _chain(caught.value)


class Stuck(aiohttp.TCPConnector):
    """Never gets through."""

    async def _create_connection(self, *_: object, **__: object) -> NoReturn:
        await asyncio.Event().wait()
        raise AssertionError


def _chain(error: BaseException | None) -> str:
    texts = []
    while error is not None:
        texts.append(repr(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(texts)


async def test_a_wrong_secret_is_an_operators_task(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(DeliveryFailed, match="管理员") as caught:
        await bench.api(secret="wrong").send_text(OPENID, "x")
    assert caught.value.retry_after == timedelta(minutes=10)
    assert bench.platform.calls["send"] == 0
    assert "wrong" not in caplog.text + _chain(caught.value)


@pytest.mark.parametrize("end", [40001, 45009, -1, Fault.SERVER_ERROR, Fault.NOT_FOUND, Fault.HALF_BODY, Fault.NO_CODE])
async def test_without_a_token_nothing_was_sent(bench: Bench, end: int | Fault) -> None:
    bench.platform.script("token", end)
    with pytest.raises(DeliveryFailed) as caught:
        await bench.api().send_text(OPENID, "x")
    assert not isinstance(caught.value, DeliveryUncertain | Unreachable)
    assert caught.value.retry_after is not None
    assert bench.platform.calls["send"] == 0


async def test_typing_is_shown(bench: Bench) -> None:
    await bench.api().show_typing(OPENID)
    assert bench.platform.typings == [OPENID]


@pytest.mark.parametrize("end", [45072, 45080, 45081, 48001, Fault.SERVER_ERROR])
async def test_typing_never_fails(bench: Bench, end: int | Fault) -> None:
    bench.platform.script("typing", end)
    await bench.api().show_typing(OPENID)
    assert bench.platform.typings == []


async def test_another_address_takes_what_the_first_does_not(bench: Bench) -> None:
    await bench.api(api_base="http://127.0.0.1:9", spare=bench.platform.url).send_text(OPENID, "x")
    assert bench.platform.texts(OPENID) == ["x"]


async def test_what_may_have_arrived_is_not_sent_to_another_address(bench: Bench) -> None:
    api = bench.api(spare=bench.platform.url)
    # a token may be asked for twice, a text may not be sent twice
    bench.platform.script("token", Fault.HALF_BODY)
    bench.platform.script("send", Fault.HALF_BODY)
    with pytest.raises(DeliveryUncertain):
        await api.send_text(OPENID, "x")
    assert (bench.platform.calls["token"], bench.platform.texts(OPENID)) == (2, ["x"])


MENU = (
    Button(
        name="政策", buttons=(Button(name="低保怎么办", say="低保怎么申请"), Button(name="官网", url="https://x.cn"))
    ),
    Button(name="办事", url="https://x.cn/a", app_id="wxmini", page="pages/index"),
)


async def test_a_menu_says_opens_and_unfolds(bench: Bench) -> None:
    await bench.api().put_menu(MENU)
    first, second = bench.platform.menus[0]["button"]
    assert first == {
        "name": "政策",
        "sub_button": [
            {"type": "click", "name": "低保怎么办", "key": "低保怎么申请"},
            {"type": "view", "name": "官网", "url": "https://x.cn"},
        ],
    }
    assert (second["type"], second["appid"], second["pagepath"]) == ("miniprogram", "wxmini", "pages/index")


@pytest.mark.parametrize(("life", "name"), [(None, "QR_LIMIT_STR_SCENE"), (timedelta(days=7), "QR_STR_SCENE")])
async def test_a_code_stands_for_a_matter(bench: Bench, life: timedelta | None, name: str) -> None:
    code = await bench.api().scene_code("高龄津贴", life=life)
    assert (code.content, code.ticket) == ("http://weixin.qq.com/q/1", "ticket/1==")
    (asked,) = bench.platform.codes
    assert (asked["action_name"], asked["action_info"]) == (name, {"scene": {"scene_str": "高龄津贴"}})
    assert asked.get("expire_seconds") == (life.total_seconds() if life else None)


@pytest.mark.parametrize("end", [Fault.LIST, Fault.NO_CODE, Fault.HALF_BODY, 40018])
async def test_what_may_be_done_twice_is_never_uncertain(bench: Bench, end: int | Fault) -> None:
    bench.platform.script("code", end)
    with pytest.raises(DeliveryFailed) as caught:
        await bench.api().scene_code("高龄津贴")
    assert type(caught.value) is DeliveryFailed
