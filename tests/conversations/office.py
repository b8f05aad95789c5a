"""The whole bot in memory, as a transcript is played on it."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from bot.delivery import Delivery
from bot.router import Router
from bot.runtime import Bot
from bot.surveys import Surveys
from bot.types import Message, MessageKind, User
from handlers import texts
from handlers.answer import Answer
from handlers.composition import Composer
from handlers.escalate import Inquire
from handlers.greet import Greet
from handlers.routes import Handlers, build_router
from handlers.track import Track
from knowledge.gazetteer import Gazetteer
from knowledge.ports import Retriever
from knowledge.topics import Topic, Topics
from register.desk import Desk
from register.lookup import Lookup
from register.types import VERDICT, Case, Step
from storage.memory import (
    MemoryAnswers,
    MemoryConversations,
    MemoryGate,
    MemoryOutbox,
    MemoryRegister,
    MemoryTables,
    MemoryVerdicts,
)
from tests.conversations.transcript import Line, Speaker, Transcript, matches, turns
from tests.fakes import FakeChannel, FixedClock

OFFICE = texts.Office(name="云岭县人民政府办公室", code="云岭", hotline="0000-5550100", request_guide="")
GAZETTEER = Gazetteer(own=("岚川市", "云岭县"))
TOPICS = Topics(
    (
        Topic("社会救助", "云岭县民政局", "0000-5550120", ("低保", "最低生活保障")),
        Topic("义务教育", "云岭县教育局", "0000-5550130", ("上学", "入学", "招生")),
    ),
    Topic("", OFFICE.name, OFFICE.hotline),
)
CHANNELS = {
    "未认证": FakeChannel(name="wechat/main"),
    "已认证": FakeChannel(name="wechat/main", can_push=True),
    "网页": FakeChannel(name="web", can_push=True, deliveries=1, room=1_000_000),
}
CODES = ("ABCD2345", "BCDE3456", "CDEF4567", "DEFG5678")
KINDS = {
    "图片": MessageKind.IMAGE,
    "语音": MessageKind.VOICE,
    "位置": MessageKind.LOCATION,
    "关注": MessageKind.SUBSCRIBE,
    "取消关注": MessageKind.UNSUBSCRIBE,
}
OPTIONS = {option.label: option for option in (texts.RESOLVED, texts.UNRESOLVED)}
VERDICTS = {"已解决": [Step.RESOLVED], "未解决": [Step.UNRESOLVED], "无": []}
_TAP = re.compile(r"(\d) (已解决|未解决)")
_EVENT = re.compile(r"[\[［](\w+)[\]］]")


def due(received_at: datetime) -> tuple[date, bool]:
    return (received_at + timedelta(days=7)).date(), False


@dataclass(slots=True)
class Office:
    """One office with one citizen; `play` raises AssertionError at the first line that comes otherwise."""

    retriever: Retriever
    channel: FakeChannel
    clock: FixedClock = field(default_factory=FixedClock)
    bot: Bot = field(init=False)
    register: MemoryRegister = field(init=False)
    delivery: Delivery = field(init=False)
    _router: Router = field(init=False)
    _conversations: MemoryConversations = field(init=False)
    _tables: MemoryTables = field(default_factory=MemoryTables)
    _heard: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        codes, ids = iter(CODES), count(1)
        tables = self._tables
        self.register = MemoryRegister(tables, code=OFFICE.code, now=self.clock, query_code=lambda: next(codes))
        outbox = MemoryOutbox(tables)
        answer = Answer(
            retriever=self.retriever,
            composer=Composer(retriever=self.retriever, office=OFFICE, topics=TOPICS, gazetteer=GAZETTEER),
            answers=MemoryAnswers(),
            register=self.register,
            now=self.clock,
            new_id=lambda: str(next(ids)),
        )
        inquire = Inquire(self.retriever, self.register, TOPICS, due)
        track = Track(Lookup(self.register, self.clock), OFFICE)
        handlers = Handlers(Greet(OFFICE), answer, inquire, track, outbox, MemoryVerdicts(tables))
        self._router, self._conversations = build_router(handlers), MemoryConversations(now=self.clock)
        self.bot = Bot(
            router=self._router,
            conversations=self._conversations,
            gate=MemoryGate(now=self.clock),
            outbox=outbox,
            phrases=texts.phrases(),
            now=self.clock,
        )
        surveys = Surveys(texts.phrases().survey, self._conversations)
        self.delivery = Delivery(
            outbox=outbox, channels={self.channel.name: self.channel}, now=self.clock, surveys=surveys
        )

    async def play(self, transcript: Transcript) -> None:
        """Play every line and compare every reply."""
        for turn in turns(transcript):
            await self._play(turn)
        assert self._heard == [], f"没有写出来的回复：{self._heard}"

    async def _play(self, turn: Sequence[Line]) -> None:
        line = turn[0]
        if line.speaker is Speaker.USER:
            assert self._heard == [], f"第 {line.number} 行之前没有写出来的回复：{self._heard}"
            self._heard += await asyncio.gather(*(self._say(each.text) for each in turn))
        elif line.speaker is Speaker.BOT:
            assert self._heard, f"第 {line.number} 行：没有回复"
            said = self._heard.pop(0)
            _compare(line, said or "（不回复）")
        elif line.speaker is Speaker.PUSH:
            assert self.channel.pushed, f"第 {line.number} 行：没有推送"
            _compare(line, self.channel.pushed.pop(0)[1])
        elif line.speaker is Speaker.STAFF:
            await self._answer(line.text)
        elif line.speaker is Speaker.TAP:
            self._heard.append(await self._say(line.text))
        elif line.speaker is Speaker.VERDICT:
            self._check_verdict(line)
        elif line.speaker is Speaker.REGISTERED:
            assert line.text == self._latest().question, f"第 {line.number} 行：登记的是 {self._latest().question}"
        elif line.speaker is Speaker.CUT_OFF:
            await self._cut_off(line.text)
        else:
            self.clock.forward(minutes=int(line.text))

    def _message(self, text: str) -> Message:
        event, tap = _EVENT.fullmatch(text), _TAP.fullmatch(text)
        return Message(
            str(next(self._numbers)),
            User(self.channel.name, "citizen"),
            "" if event else tap[2] if tap else text,
            self.clock(),
            KINDS[event[1]] if event else MessageKind.TEXT,
            self.channel.surveys[int(tap[1]) - 1].tap(OPTIONS[tap[2]]) if tap else "",
        )

    async def _cut_off(self, text: str) -> None:
        message = self._message(text)
        async with self._conversations.turn(message.user) as turn:
            await self._router.choose(message, turn.conversation)(message, turn.conversation)

    async def _say(self, text: str) -> str:
        message = self._message(text)
        reply = await self.bot.receive(self.channel, message, within=5)
        content, _ = self.channel.in_band(message, reply)
        assert len(content) <= self.channel.room or self.channel.deliveries == 1
        return content.decode()

    async def _answer(self, text: str) -> None:
        latest = self._latest()
        desk = Desk(self.register, self.clock)
        await desk.answer(latest.reference, text, by="officer", version=latest.version)
        while await self.delivery.deliver_due():
            pass

    def _latest(self) -> Case:
        return max(self._tables.cases.values(), key=lambda case: case.reference)

    def _check_verdict(self, line: Line) -> None:
        reference, wanted = line.text.split()
        kept = [event.step for event in self._tables.events[reference] if event.step in VERDICT]
        assert kept[-1:] == VERDICTS[wanted], f"第 {line.number} 行：登记的评价是 {kept}"


def office(retriever: Retriever, account: str) -> Office:
    """An office with a channel of its own."""
    kind = CHANNELS[account]
    return Office(
        retriever, FakeChannel(name=kind.name, can_push=kind.can_push, deliveries=kind.deliveries, room=kind.room)
    )


def _compare(line: Line, said: str) -> None:
    assert matches(line.text, said), f"第 {line.number} 行应当是：\n{line.text}\n\n实际是：\n{said}"
