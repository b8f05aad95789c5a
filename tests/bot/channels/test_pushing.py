"""What every channel that pushes promises, from the late answer to the used-up quota."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest

from bot.channels.kf.api import KfApi
from bot.channels.kf.channel import KfChannel
from bot.channels.kf.message import user_of
from bot.channels.wechat.account import Account, Mode
from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.channel import WeChatChannel
from bot.channels.wecom.api import WeComApi, corporate_calls
from bot.channels.wecom.application import Application
from bot.channels.wecom.channel import WeComChannel
from bot.channels.weibo.api import WeiboApi
from bot.channels.weibo.channel import WeiboChannel
from bot.delivery import Delivery
from bot.plain import size
from bot.ports import Channel
from bot.router import Route, Router, always
from bot.runtime import Bot
from bot.surveys import FREE, Surveys
from bot.types import Conversation, Message, Option, Parcel, ParcelState, Phrases, Reply, State, User
from storage.memory import MemoryConversations, MemoryGate, MemoryOutbox, MemoryTables
from tests.bot.channels.wechat.payloads import KEY, TOKEN
from tests.e2e.kf_platform import KEPT, KfPlatform
from tests.e2e.platform import Platform
from tests.e2e.standin import Fault, StandIn
from tests.e2e.wecom_platform import WeComPlatform
from tests.e2e.weibo_platform import WeiboPlatform
from tests.fakes import SURVEY, FixedClock

PHRASES = Phrases("抱歉。", "太快了。", "稍后。", Option("继续", "查看"), "没有答完。", "（还有）", SURVEY)
SECRET = "s"
LONG = "".join(f"这是第 {number} 句话。" for number in range(300))


@dataclass(frozen=True, slots=True)
class Side:
    """A channel that pushes, somebody on it, and the stand-in for its platform."""

    channel: Channel
    user: User
    platform: StandIn
    texts: Callable[[], Sequence[str]]
    refused: int
    """Code of a refusal for a minute."""
    exhausted: int = 0
    """Code of a used-up quota, 0 where there is none."""
    surveys: Sequence[tuple[str, str]] | None = None
    """Who was asked by a menu, and what they read; None where the platform has no menus."""
    keyed: bool = False
    """Whether the platform takes a text of one key once."""


@dataclass(slots=True)
class Slow:
    """Answers when it is let."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    times: int = 0

    async def __call__(self, message: Message, _conversation: Conversation, /) -> Reply:
        self.times += 1
        await self.go.wait()
        return Reply(f"答：{message.text}", "answered_search")


@asynccontextmanager
async def wechat(session: aiohttp.ClientSession, clock: FixedClock) -> AsyncIterator[Side]:
    async with Platform(app_id="wx1", secret=SECRET, clock=lambda: clock().timestamp()) as platform:
        account = Account(name="wechat/main", app_id="wx1", token=TOKEN, mode=Mode.PLAIN, verified=True)
        api = WeChatApi(session, app_id="wx1", secret=SECRET, now=clock, api_base=platform.url)
        channel = WeChatChannel(account, now=clock, api=api)
        yield Side(
            channel, User("wechat/main", "o1"), platform, lambda: platform.texts("o1"), 45011, 45047, platform.surveys
        )


@asynccontextmanager
async def wecom(session: aiohttp.ClientSession, clock: FixedClock) -> AsyncIterator[Side]:
    async with WeComPlatform(corp_id="ww1", secret=SECRET, clock=lambda: clock().timestamp()) as platform:
        application = Application(name="wecom/main", corp_id="ww1", token=TOKEN, aes_keys=(KEY,))
        calls = corporate_calls(session, corp_id="ww1", secret=SECRET, now=clock, api_base=platform.url)
        channel = WeComChannel(application, now=clock, api=WeComApi(calls, agent_id=7))
        yield Side(channel, User("wecom/main", "Zhang"), platform, lambda: platform.texts("Zhang"), 45009)


@asynccontextmanager
async def kf(session: aiohttp.ClientSession, clock: FixedClock) -> AsyncIterator[Side]:
    async with KfPlatform(corp_id="ww1", secret=SECRET, clock=lambda: clock().timestamp()) as platform:
        service = Application(name="kf/main", corp_id="ww1", token=TOKEN, aes_keys=(KEY,))
        calls = corporate_calls(session, corp_id="ww1", secret=SECRET, now=clock, api_base=platform.url)
        channel = KfChannel(service, KfApi(calls), welcome="", now=clock)
        user = user_of("kf/main", KEPT, "wm1")
        yield Side(channel, user, platform, lambda: platform.texts("wm1"), 45009, 95001, platform.surveys, keyed=True)


@asynccontextmanager
async def weibo(session: aiohttp.ClientSession, clock: FixedClock) -> AsyncIterator[Side]:
    async with WeiboPlatform(token=TOKEN) as platform:
        api = WeiboApi(session, token=TOKEN, now=clock, api_base=platform.url)
        channel = WeiboChannel("weibo/main", app_key="1", app_secret="0123456789abcdef", now=clock, api=api)
        yield Side(channel, User("weibo/main", "1"), platform, lambda: [text for _, text in platform.sent], 10023)


@dataclass(slots=True)
class Office:
    """A bot and its outbox behind one channel."""

    side: Side
    clock: FixedClock
    tables: MemoryTables = field(default_factory=MemoryTables)
    conversations: MemoryConversations = field(init=False)
    outbox: MemoryOutbox = field(init=False)
    slow: Slow = field(default_factory=Slow)
    ends: list[ParcelState] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.outbox = MemoryOutbox(self.tables)
        self.conversations = MemoryConversations(now=self.clock)

    def bot(self) -> Bot:
        return Bot(
            router=Router([Route(always, self.slow)]),
            conversations=self.conversations,
            gate=MemoryGate(now=self.clock),
            outbox=self.outbox,
            phrases=PHRASES,
            now=self.clock,
            pauses=(),
        )

    def message(self, number: int, text: str = "低保") -> Message:
        return Message(f"m{number}", self.side.user, text, self.clock())

    def answered(self, text: str = "请带身份证。") -> Parcel:
        """Put an answer that a person gave."""
        reference = "浚县-2026-000001"
        return self.tables.put(self.side.user, text, at=self.clock(), reference=reference, held=False, asks=True)

    async def talk(self, conversation: Conversation | None = None) -> Conversation:
        """Return where the talk stands, or let it stand somewhere."""
        async with self.conversations.turn(self.side.user) as turn:
            turn.conversation = conversation or turn.conversation
            return turn.conversation

    async def deliver(self) -> None:
        """Push what is due, until nothing is."""
        channel = self.side.channel
        delivery = Delivery(
            outbox=self.outbox,
            channels={channel.name: channel},
            now=self.clock,
            settled=lambda _, state: self.ends.append(state),
            surveys=Surveys(SURVEY, self.conversations),
        )
        while await delivery.deliver_due():
            pass


SIDES: Mapping[str, Callable[[aiohttp.ClientSession, FixedClock], AbstractAsyncContextManager[Side]]] = {
    "wechat": wechat,
    "wecom": wecom,
    "kf": kf,
    "weibo": weibo,
}


@pytest.fixture(params=SIDES)
async def office(request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    clock = FixedClock()
    async with aiohttp.ClientSession() as session, SIDES[request.param](session, clock) as side:
        yield Office(side, clock)


class TestEveryPushingChannel:
    async def test_a_late_answer_is_pushed_once_however_often_the_message_comes(self, office: Office) -> None:
        bot, channel = office.bot(), office.side.channel
        for _ in range(3):
            assert await bot.receive(channel, office.message(1), within=0) is None
        office.slow.go.set()
        await bot.close()
        await office.deliver()

        assert office.side.texts() == ["答：低保"]
        assert office.slow.times == 1

    async def test_a_long_text_arrives_whole_in_pieces_that_fit(self, office: Office) -> None:
        await office.outbox.put(office.side.user, LONG, at=office.clock())
        await office.deliver()

        kept = await office.outbox.pick_up(office.message(1), room=100_000)
        assert "".join(office.side.texts()) + (kept.text if kept else "") == LONG
        assert all(size(text) <= office.side.channel.room for text in office.side.texts())

    async def test_a_refused_text_is_tried_again_and_arrives_once(self, office: Office) -> None:
        office.side.platform.script("send", office.side.refused)
        await office.outbox.put(office.side.user, "答复", at=office.clock())
        await office.deliver()
        assert office.side.texts() == []
        office.clock.forward(minutes=1)
        await office.deliver()

        assert office.side.texts() == ["答复"]
        assert office.ends == [ParcelState.DUE, ParcelState.SENT]

    async def test_with_the_quota_used_up_the_rest_comes_with_the_next_message(self, office: Office) -> None:
        if not office.side.exhausted:
            # no such quota on this platform
            return
        office.side.platform.script("send", 0, office.side.exhausted)
        await office.outbox.put(office.side.user, LONG, at=office.clock())
        await office.deliver()

        assert office.ends == [ParcelState.HELD]
        kept = await office.outbox.pick_up(office.message(1), room=100_000)
        assert kept is not None
        assert "".join(office.side.texts()) + kept.text == LONG
        assert len(office.side.texts()) == 1

    @pytest.mark.parametrize("fault", [Fault.HALF_BODY, Fault.NOT_JSON])
    async def test_what_may_have_arrived_arrives_once(self, office: Office, fault: Fault) -> None:
        office.side.platform.script("send", fault)
        await office.outbox.put(office.side.user, "答复", at=office.clock())
        await office.deliver()
        office.clock.forward(minutes=10)
        await office.deliver()

        assert office.side.texts() == ["答复"]
        assert office.ends == ([ParcelState.DUE, ParcelState.SENT] if office.side.keyed else [ParcelState.UNCERTAIN])

    async def test_an_answer_of_a_person_is_followed_by_the_question_whether_it_helped(self, office: Office) -> None:
        office.answered()
        await office.deliver()

        if office.side.surveys is None:
            assert office.side.texts() == ["请带身份证。", "解决了吗？\n\n回复 1 已解决\n回复 2 未解决"]
        else:
            assert office.side.texts() == ["请带身份证。"]
            assert [asked for _, asked in office.side.surveys] == ["解决了吗？[已解决][未解决]"]
        assert office.ends == [ParcelState.SENT]

    async def test_where_a_menu_is_refused_the_question_comes_in_words(self, office: Office) -> None:
        if office.side.surveys is None:
            # it does so anyway
            return
        office.side.platform.script("send", 0, 40200)
        office.answered()
        await office.deliver()

        assert office.side.texts() == ["请带身份证。", "解决了吗？\n\n回复 1 已解决\n回复 2 未解决"]

    async def test_that_nobody_was_asked_does_not_send_the_answer_again(self, office: Office) -> None:
        office.side.platform.script("send", 0, office.side.refused, office.side.refused)
        office.answered()
        await office.deliver()
        office.clock.forward(minutes=20)
        await office.deliver()

        assert office.side.texts() == ["请带身份证。"]
        assert office.ends == [ParcelState.SENT]

    @pytest.mark.parametrize("state", sorted(FREE))
    async def test_after_the_question_what_the_bot_asked_before_is_open_no_more(
        self, office: Office, state: State
    ) -> None:
        await office.talk(Conversation(state, "低保", answer="a1"))
        parcel = office.answered()
        await office.deliver()

        assert await office.talk() == Conversation(State.SURVEYED, answer=parcel.key)

    @pytest.mark.parametrize("state", sorted(frozenset(State) - FREE))
    async def test_nobody_is_asked_where_a_short_word_means_something_else(self, office: Office, state: State) -> None:
        writing = Conversation(state, "低保", answer="a1")
        await office.talk(writing)
        office.answered()
        await office.deliver()

        assert office.side.texts() == ["请带身份证。"]
        assert not office.side.surveys
        assert await office.talk() == writing
