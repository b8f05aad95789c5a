"""The whole router on a bench: say something, look at the reply and at what was stored."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count, cycle

from bot.switches import Switchboard
from bot.types import FRESH, Conversation, Message, MessageKind, ParcelState, Reply, Survey, User
from handlers import texts
from handlers.answer import Answer
from handlers.closed import Closed
from handlers.composition import Composer
from handlers.escalate import Inquire
from handlers.greet import Greet
from handlers.routes import Handlers, build_router
from handlers.track import Track
from knowledge.gazetteer import Gazetteer
from knowledge.topics import Topic, Topics
from register.desk import Desk
from register.lookup import Lookup
from register.queue import EntryKind, Wanted
from register.types import Gap
from storage.memory import (
    MemoryAnswers,
    MemoryOutbox,
    MemoryQueue,
    MemoryRegister,
    MemorySwitches,
    MemoryTables,
    MemoryVerdicts,
)
from tests.fakes import FixedClock, ScriptedRetriever

ANNA = User("wechat/main", "anna")
OFFICE = texts.Office(name="浚县人民政府办公室", code="浚县", hotline="0392-5550000", request_guide="")
GAZETTEER = Gazetteer(own=("鹤壁市", "浚县"))
TOPICS = Topics(
    (Topic("社会救助", "县民政局", "0392-5550001", ("低保", "救助")), Topic("养老", "县人社局", "", ("养老金",))),
    Topic("", "县政府办公室", "0392-5550009"),
)
CODES = ("ABCD2345", "2345ABCD", "EFGH6789", "77777777")


def due(received_at: datetime) -> tuple[date, bool]:
    return (received_at + timedelta(days=7)).date(), False


class NotedAnswers(MemoryAnswers):
    """An answer log that shows what was judged."""

    def __init__(self) -> None:
        super().__init__()
        self.judged: list[tuple[str, bool]] = []

    async def judge(self, answer_id: str, *, resolved: bool) -> None:
        self.judged.append((answer_id, resolved))


@dataclass(slots=True)
class Bench:
    """One citizen before the router; `conversation` is where the talk stands."""

    office: texts.Office = OFFICE
    clock: FixedClock = field(default_factory=FixedClock)
    retriever: ScriptedRetriever = field(default_factory=ScriptedRetriever)
    answers: NotedAnswers = field(default_factory=NotedAnswers)
    conversation: Conversation = FRESH
    citizen: User = ANNA
    switchboard: Switchboard = field(default_factory=lambda: Switchboard(MemorySwitches()))
    register: MemoryRegister = field(init=False)
    queue: MemoryQueue = field(init=False)
    outbox: MemoryOutbox = field(init=False)
    desk: Desk = field(init=False)
    handlers: Handlers = field(init=False)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        codes = cycle(CODES)
        tables = MemoryTables()
        self.outbox = MemoryOutbox(tables)
        self.register = MemoryRegister(tables, code="浚县", now=self.clock, query_code=lambda: next(codes))
        self.queue = MemoryQueue(tables.cases, tables.events, tables.gaps)
        self.desk = Desk(self.register, self.clock)
        answer_ids = (f"a{number}" for number in count(1))
        answer = Answer(
            retriever=self.retriever,
            composer=Composer(retriever=self.retriever, office=self.office, topics=TOPICS, gazetteer=GAZETTEER),
            answers=self.answers,
            register=self.register,
            now=self.clock,
            new_id=lambda: next(answer_ids),
        )
        inquire = Inquire(self.retriever, self.register, TOPICS, due)
        self.handlers = Handlers(
            Greet(self.office),
            answer,
            inquire,
            Track(Lookup(self.register, self.clock), self.office),
            self.outbox,
            MemoryVerdicts(tables),
            closed=Closed(self.switchboard),
        )

    async def say(
        self,
        text: str,
        *,
        kind: MessageKind = MessageKind.TEXT,
        message_id: str = "",
        user: User | None = None,
        tapped: str = "",
    ) -> Reply:
        number = message_id or f"m{next(self._numbers)}"
        message = Message(number, user or self.citizen, text, self.clock(), kind, tapped)
        handler = build_router(self.handlers).choose(message, self.conversation)
        reply = await handler(message, self.conversation)
        self.conversation = reply.conversation
        return reply

    async def inquire(self, question: str = "低保怎么申请") -> Reply:
        """Ask what nobody knows, and leave it as an inquiry."""
        await self.say(question)
        return await self.say("1")

    async def answered(self) -> Survey:
        """Leave an inquiry, see it answered and the answer arrive, and return the survey that follows it."""
        case = await self.register.get((await self.inquire()).reference)
        await self.desk.answer(case.reference, "请带身份证。", by="li", version=case.version)
        (parcel,) = await self.outbox.claim(now=self.clock())
        await self.outbox.settle(parcel, ParcelState.SENT, at=self.clock())
        return replace(texts.phrases().survey, key=parcel.key)

    async def gaps(self) -> tuple[Gap, ...]:
        """Return the open gaps, most asked first."""
        return (await self.queue.find(Wanted(kind=EntryKind.GAP))).gaps
