import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.errors import StillWorking, Unavailable
from bot.ports import Handler
from bot.router import Route, Router, always
from bot.runtime import Bot
from bot.types import (
    FRESH,
    Admission,
    Conversation,
    Message,
    MessageKind,
    Option,
    ParcelState,
    Phrases,
    Reply,
    State,
    User,
)
from storage.memory import MemoryConversations, MemoryGate, MemoryOutbox, MemoryTables
from storage.memory.conversations import MemoryTurn
from tests.fakes import MONDAY, SURVEY, FakeChannel, FixedClock

ANNA, BORIS = User("fake", "anna"), User("fake", "boris")
PHRASES = Phrases(
    unavailable="抱歉。",
    too_many="太快了。",
    still_searching="稍后。",
    go_on=Option("继续", "查看"),
    unfinished="没有答完。",
    more_waiting="（还有，请回复继续）",
    survey=SURVEY,
)
SOON = 0.002
"""Seconds: too short for a handler that waits."""
LONG = 5.0
"""Seconds: never used up."""
FOREVER = 3600.0


def message(text: str, *, message_id: str = "", user: User = ANNA, kind: MessageKind = MessageKind.TEXT) -> Message:
    return Message(message_id or text, user, text, MONDAY, kind)


def answer(text: str) -> Reply:
    return Reply(f"答：{text}", "answered_search")


async def eventually(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  the test's own time limit ends it
        await asyncio.sleep(0)


async def quiet() -> None:
    """Let everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)


class Echo:
    """Answers at once, and remembers the conversation it was given."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Conversation]] = []

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        self.heard.append((message.text, conversation))
        return answer(message.text)


class Slow:
    """Answers each text when it is let go."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.ended: list[str] = []
        self._gates: dict[str, asyncio.Event] = {}

    def gate(self, text: str) -> asyncio.Event:
        return self._gates.setdefault(text, asyncio.Event())

    def let_go(self, text: str) -> None:
        self.gate(text).set()

    async def __call__(self, message: Message, _conversation: Conversation, /) -> Reply:
        self.started.append(message.text)
        await self.gate(message.text).wait()
        self.ended.append(message.text)
        return answer(message.text)


class Failing:
    """Fails as often as told, then answers."""

    def __init__(self, times: int, error: Exception) -> None:
        self.left = times
        self.error = error
        self.tries = 0

    async def __call__(self, message: Message, _conversation: Conversation, /) -> Reply:
        self.tries += 1
        if self.left:
            self.left -= 1
            raise self.error
        return answer(message.text)


class Fixed:
    """Always gives the same reply."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply

    async def __call__(self, _message: Message, _conversation: Conversation, /) -> Reply:
        return self.reply


class FlakyOutbox(MemoryOutbox):
    """An outbox whose database is locked `left` times; it notes (user, text, state) of each new parcel, and its key."""

    def __init__(self) -> None:
        super().__init__(MemoryTables())
        self.left = 0
        self.then: Callable[[], None] = lambda: None
        """What happens while a promise is made."""
        self.parcels: list[tuple[str, str, ParcelState]] = []
        self.keys: list[str] = []

    async def put(
        self, user: User, text: str, *, at: datetime, reference: str = "", held: bool = False, key: str = ""
    ) -> None:
        if self.left:
            self.left -= 1
            raise Unavailable("locked")
        await super().put(user, text, at=at, reference=reference, held=held, key=key)
        if key not in self.keys or not key:
            self.parcels.append((user.id, text, ParcelState.HELD if held else ParcelState.DUE))
        self.keys.append(key)

    async def promise(self, user: User, text: str, *, at: datetime, key: str) -> None:
        if self.left:
            self.left -= 1
            raise Unavailable("locked")
        await super().promise(user, text, at=at, key=key)
        self.then()
        await quiet()

    async def owed(self, *, after: timedelta = timedelta(minutes=2)) -> list[str]:
        """What is pushed after a while."""
        return [parcel.text for parcel in await self.claim(now=MONDAY + after)]


class FlakyGate(MemoryGate):
    """A gate that cannot be reached for `closed` admissions and `left` releases; others may have `said` something."""

    closed = 0
    left = 0
    said: Reply | None = None
    taken = False

    async def take_over(self, message: Message) -> Reply | None:
        return self.said

    async def keeps(self, message: Message) -> bool:
        return not self.taken

    async def admit(self, message: Message) -> Admission:
        if self.closed:
            self.closed -= 1
            raise Unavailable("unreachable")
        return await super().admit(message)

    async def release(self, message: Message) -> None:
        if self.left:
            self.left -= 1
            raise Unavailable("unreachable")
        await super().release(message)


class FlakyConversations(MemoryConversations):
    """Conversations that cannot be held `left` times, and note what is `said` in each turn."""

    left = 0

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        super().__init__(now=now)
        self.said: list[Reply | None] = []

    @asynccontextmanager
    async def turn(self, user: User) -> AsyncIterator[MemoryTurn]:
        if self.left:
            self.left -= 1
            raise Unavailable("unreachable")
        async with super().turn(user) as turn:
            yield turn
            self.said.append(turn.said)


@dataclass(slots=True)
class Scene:
    """A bot over memory, with everything that a test looks at."""

    bot: Bot
    outbox: FlakyOutbox
    gate: FlakyGate
    conversations: FlakyConversations
    observed: list[str] = field(default_factory=list)

    async def keep(self, text: str, *, reference: str = "") -> None:
        await self.outbox.put(ANNA, text, at=MONDAY, held=True, reference=reference)

    async def conversation(self, user: User = ANNA) -> Conversation:
        async with self.conversations.turn(user) as turn:
            return turn.conversation


Stage = Callable[..., Scene]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    scenes: list[Scene] = []

    def build(
        handler: Handler, *, patience: float = FOREVER, memory: float = 60, burst: int = 100, room: int = 100
    ) -> Scene:
        clock, outbox = FixedClock(), FlakyOutbox()
        conversations = FlakyConversations(now=clock)
        gate = FlakyGate(now=clock, burst=burst)
        observed: list[str] = []
        bot = Bot(
            router=Router([Route(always, handler)]),
            conversations=conversations,
            gate=gate,
            outbox=outbox,
            phrases=PHRASES,
            now=clock,
            observe=lambda _message, reply, _seconds: observed.append(reply.status),
            patience=patience,
            memory=memory,
            pauses=(0, 0),
            glance=0,
            room=room,
        )
        scenes.append(Scene(bot, outbox, gate, conversations, observed))
        return scenes[-1]

    yield build
    for scene in scenes:
        await scene.bot.close(within=0)


async def test_a_message_is_answered_and_the_conversation_goes_on(stage: Stage) -> None:
    asked = Conversation(State.ANSWERED, "低保")
    scene = stage(Fixed(Reply("答", "answered_search", asked)))

    reply = await scene.bot.receive(FakeChannel(), message("低保"), within=LONG)

    assert reply is not None
    assert reply.text == "答"
    assert await scene.conversation() == asked
    assert scene.observed == ["answered_search"]


async def test_a_reply_without_a_conversation_starts_afresh(stage: Stage) -> None:
    echo = Echo()
    scene = stage(echo)
    async with scene.conversations.turn(ANNA) as turn:
        turn.conversation = Conversation(State.CHOOSING, "低保")

    await scene.bot.receive(FakeChannel(), message("2"), within=LONG)

    assert echo.heard == [("2", Conversation(State.CHOOSING, "低保"))]
    assert await scene.conversation() == FRESH


# redelivery


async def test_a_redelivery_joins_the_running_work(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow)
    channel = FakeChannel()
    with pytest.raises(StillWorking):
        await scene.bot.receive(channel, message("低保"), within=SOON)

    second = asyncio.create_task(scene.bot.receive(channel, message("低保"), within=LONG))
    await asyncio.sleep(0)
    slow.let_go("低保")

    assert await second == answer("低保")
    assert slow.started == ["低保"]
    await scene.bot.close()
    assert scene.outbox.parcels == []


async def test_a_reply_ready_between_two_deliveries_is_kept_for_the_next(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow)
    with pytest.raises(StillWorking):
        await scene.bot.receive(FakeChannel(), message("低保"), within=SOON)
    slow.let_go("低保")
    await quiet()

    assert await scene.bot.receive(FakeChannel(), message("低保"), within=SOON) == answer("低保")
    await scene.bot.close()
    assert scene.outbox.parcels == []


async def test_a_redelivery_after_the_answer_is_answered_again_with_the_same(stage: Stage) -> None:
    echo = Echo()
    scene = stage(echo)
    first = await scene.bot.receive(FakeChannel(), message("低保"), within=LONG)

    assert await scene.bot.receive(FakeChannel(), message("低保"), within=LONG) is first
    assert len(echo.heard) == 1


async def test_equal_message_ids_of_two_users_are_two_messages(stage: Stage) -> None:
    scene = stage(Echo())

    for user, text in ((ANNA, "低保"), (BORIS, "社保")):
        reply = await scene.bot.receive(FakeChannel(), message(text, message_id="7", user=user), within=LONG)
        assert reply == answer(text)


async def test_a_message_that_another_process_has_is_left_to_it(stage: Stage) -> None:
    echo = Echo()
    scene = stage(echo, patience=0)
    await scene.gate.admit(message("低保"))

    reply = await scene.bot.receive(FakeChannel(), message("低保"), within=LONG)

    assert reply is not None
    assert reply.silent
    assert echo.heard == []


async def test_a_message_that_a_dead_process_had_is_taken_over(stage: Stage) -> None:
    scene = stage(Echo())
    await scene.gate.admit(message("低保"))
    # not acknowledged: the platform is to deliver it again
    with pytest.raises(StillWorking):
        await scene.bot.receive(FakeChannel(), message("低保"), within=SOON)

    second = asyncio.create_task(scene.bot.receive(FakeChannel(), message("低保"), within=LONG))
    await scene.gate.release(message("低保"))

    assert await second == answer("低保")


async def test_an_answer_shown_long_ago_is_forgotten(stage: Stage) -> None:
    scene = stage(Echo(), patience=0, memory=0)
    await scene.bot.receive(FakeChannel(), message("低保"), within=LONG)
    await scene.bot.receive(FakeChannel(), message("社保"), within=LONG)

    # forgotten by the process, still known to the gate
    again = await scene.bot.receive(FakeChannel(), message("低保"), within=LONG)

    assert again is not None
    assert again.status == "social_repeated"


async def test_running_work_is_never_forgotten(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow, memory=0)
    with pytest.raises(StillWorking):
        await scene.bot.receive(FakeChannel(), message("低保"), within=SOON)
    slow.let_go("社保")
    await scene.bot.receive(FakeChannel(), message("社保", user=BORIS), within=LONG)
    slow.let_go("低保")

    assert await scene.bot.receive(FakeChannel(), message("低保"), within=LONG) == answer("低保")


# late answers


async def test_a_late_answer_is_pushed_once_and_later_deliveries_show_nothing(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow)
    verified = FakeChannel(can_push=True)
    assert await scene.bot.receive(verified, message("低保"), within=SOON) is None
    slow.let_go("低保")
    await eventually(lambda: bool(scene.outbox.parcels))

    assert await scene.bot.receive(verified, message("低保"), within=LONG) is None
    await scene.bot.close()
    assert verified.typing == [ANNA]
    assert scene.outbox.parcels == [("anna", "答：低保", ParcelState.DUE)]


async def test_a_promised_answer_outlives_the_process_as_a_word_that_none_came(stage: Stage) -> None:
    scene = stage(Slow())
    assert await scene.bot.receive(FakeChannel(can_push=True), message("低保"), within=SOON) is None

    assert await scene.outbox.owed(after=timedelta(seconds=30)) == []
    assert await scene.outbox.owed() == [PHRASES.unfinished]


async def test_an_answer_takes_the_place_of_its_promise(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow)
    assert await scene.bot.receive(FakeChannel(can_push=True), message("低保"), within=SOON) is None
    slow.let_go("低保")
    await eventually(lambda: bool(scene.outbox.parcels))

    assert await scene.outbox.owed() == ["答：低保"]


async def test_nothing_is_acknowledged_that_cannot_be_promised(stage: Stage) -> None:
    scene = stage(Slow())
    verified = FakeChannel(can_push=True)
    scene.outbox.left = 3
    for _ in range(2):
        with pytest.raises(StillWorking):
            await scene.bot.receive(verified, message("低保"), within=SOON)

    last = await scene.bot.receive(verified, message("低保"), within=SOON)

    assert last is not None
    assert last.text == PHRASES.still_searching


async def test_what_a_dead_process_said_is_shown_by_the_next(stage: Stage) -> None:
    echo = Echo()
    scene = stage(echo)
    await scene.gate.admit(message("低保"))
    scene.gate.said = answer("低保")

    assert await scene.bot.receive(FakeChannel(), message("低保"), within=LONG) == answer("低保")
    assert echo.heard == []


async def test_a_reply_that_another_process_brings_is_not_brought_twice(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow, patience=0)
    with pytest.raises(StillWorking):
        await scene.bot.receive(FakeChannel(), message("低保"), within=SOON)
    scene.gate.taken = True
    slow.let_go("低保")
    await quiet()
    await scene.bot.close()

    assert scene.outbox.parcels == []


async def test_a_reply_that_was_promised_is_left_for_no_other_process_to_show(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow)
    await scene.bot.receive(FakeChannel(can_push=True), message("低保"), within=SOON)
    slow.let_go("低保")
    await scene.bot.close()

    assert scene.conversations.said == [None]
    assert scene.outbox.parcels == [("anna", "答：低保", ParcelState.DUE)]


async def test_a_reply_that_another_process_showed_before_it_was_promised_is_not_pushed(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow)
    scene.gate.taken = True
    scene.outbox.then = lambda: slow.let_go("低保")

    assert await scene.bot.receive(FakeChannel(can_push=True), message("低保"), within=SOON) is None
    await scene.bot.close()

    assert scene.outbox.parcels == []
    assert await scene.outbox.owed() == []


async def test_a_delivery_that_waits_while_another_gives_up_does_not_show_the_pushed_answer(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow)
    verified = FakeChannel(can_push=True)
    first = asyncio.create_task(scene.bot.receive(verified, message("低保"), within=SOON))
    second = asyncio.create_task(scene.bot.receive(verified, message("低保"), within=LONG))
    assert await first is None
    slow.let_go("低保")

    assert await second is None
    await scene.bot.close()
    assert scene.outbox.parcels == [("anna", "答：低保", ParcelState.DUE)]


async def test_an_account_that_cannot_push_holds_the_answer_after_the_last_delivery(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow)
    for _ in range(2):
        with pytest.raises(StillWorking):
            await scene.bot.receive(FakeChannel(), message("低保"), within=SOON)

    last = await scene.bot.receive(FakeChannel(), message("低保"), within=SOON)
    slow.let_go("低保")
    await eventually(lambda: bool(scene.outbox.parcels))

    assert last is not None
    assert (last.text, last.status, last.options) == ("稍后。", "error_timeout", (PHRASES.go_on,))
    assert scene.outbox.parcels == [("anna", "答：低保", ParcelState.HELD)]
    await scene.bot.close()
    assert scene.outbox.keys == [message("低保").key]


async def test_the_word_to_go_on_finds_the_answer_however_soon_it_comes(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow)
    once = FakeChannel(deliveries=1)
    await scene.bot.receive(once, message("低保"), within=SOON)
    following = asyncio.create_task(scene.bot.receive(once, message("继续"), within=LONG))
    slow.let_go("继续")
    await asyncio.sleep(0)
    slow.let_go("低保")

    reply = await following

    assert reply is not None
    assert reply.text == "答：低保\n\n答：继续"


async def test_a_reply_nobody_comes_for_goes_to_the_outbox(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow, patience=0)
    with pytest.raises(StillWorking):
        await scene.bot.receive(FakeChannel(), message("低保"), within=SOON)
    slow.let_go("低保")
    await eventually(lambda: bool(scene.outbox.parcels))

    assert scene.outbox.parcels == [("anna", "答：低保", ParcelState.HELD)]
    assert await scene.bot.receive(FakeChannel(), message("低保"), within=LONG) is None


async def test_a_silent_reply_is_not_kept(stage: Stage) -> None:
    slow = Slow()

    async def silent(message: Message, conversation: Conversation, /) -> Reply:
        await slow(message, conversation)
        return Reply("", "social_goodbye", silent=True)

    scene = stage(silent)
    assert await scene.bot.receive(FakeChannel(can_push=True), message("再见"), within=SOON) is None
    slow.let_go("再见")
    await scene.bot.close()

    assert scene.outbox.parcels == []
    assert await scene.outbox.owed() == []


async def test_a_late_answer_waits_for_a_locked_outbox(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow, patience=0)
    with pytest.raises(StillWorking):
        await scene.bot.receive(FakeChannel(), message("低保"), within=SOON)
    scene.outbox.left = 2
    slow.let_go("低保")
    await eventually(lambda: bool(scene.outbox.parcels))

    assert scene.outbox.parcels == [("anna", "答：低保", ParcelState.HELD)]


async def test_a_late_answer_that_cannot_be_kept_is_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    slow = Slow()
    scene = stage(slow, patience=0)
    with pytest.raises(StillWorking):
        await scene.bot.receive(FakeChannel(), message("低保"), within=SOON)
    scene.outbox.left = 100
    slow.let_go("低保")
    await eventually(lambda: bool(caplog.records))

    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "低保" not in caplog.text
    assert "anna" not in caplog.text


# failures


async def test_a_store_that_recovers_within_the_pauses_is_not_noticed(stage: Stage) -> None:
    failing = Failing(2, Unavailable("locked"))
    scene = stage(failing)

    assert await scene.bot.receive(FakeChannel(), message("低保"), within=LONG) == answer("低保")
    assert failing.tries == 3


async def test_a_failed_message_is_handled_anew_when_delivered_again(stage: Stage) -> None:
    failing = Failing(3, Unavailable("locked"))
    scene = stage(failing)
    with pytest.raises(Unavailable):
        await scene.bot.receive(FakeChannel(), message("低保"), within=LONG)

    assert await scene.bot.receive(FakeChannel(), message("低保"), within=LONG) == answer("低保")
    # claimed anew: no other process handles it as well
    assert await scene.gate.admit(message("低保")) is Admission.REPEATED


async def test_the_last_delivery_of_a_failed_message_gets_an_apology(stage: Stage) -> None:
    scene = stage(Failing(1000, Unavailable("locked")))
    async with scene.conversations.turn(ANNA) as turn:
        turn.conversation = Conversation(State.CHOOSING, "低保")
    for _ in range(2):
        with pytest.raises(Unavailable):
            await scene.bot.receive(FakeChannel(), message("2"), within=LONG)

    last = await scene.bot.receive(FakeChannel(), message("2"), within=LONG)

    assert last == Reply("抱歉。", "error_unavailable")
    assert await scene.conversation() == Conversation(State.CHOOSING, "低保")
    assert scene.outbox.parcels == []


async def test_conversations_that_cannot_be_reached_are_tried_again(stage: Stage) -> None:
    scene = stage(Echo())
    scene.conversations.left = 2

    assert await scene.bot.receive(FakeChannel(), message("低保"), within=LONG) == answer("低保")


async def test_a_claim_that_could_not_be_given_back_does_not_silence_the_redelivery(stage: Stage) -> None:
    scene = stage(Failing(3, Unavailable("locked")))
    scene.gate.left = 1
    with pytest.raises(Unavailable):
        await scene.bot.receive(FakeChannel(), message("低保"), within=LONG)

    assert await scene.bot.receive(FakeChannel(), message("低保"), within=LONG) == answer("低保")


async def test_trying_again_does_not_count_as_writing_fast(stage: Stage) -> None:
    scene = stage(Failing(2, Unavailable("locked")), burst=1)

    assert await scene.bot.receive(FakeChannel(), message("低保"), within=LONG) == answer("低保")


async def test_a_gate_that_cannot_be_reached_fails_the_message(stage: Stage) -> None:
    scene = stage(Echo())
    scene.gate.closed = 3

    with pytest.raises(Unavailable):
        await scene.bot.receive(FakeChannel(), message("低保"), within=LONG)

    assert await scene.bot.receive(FakeChannel(), message("低保"), within=LONG) == answer("低保")


async def test_a_failure_after_the_promise_pushes_an_apology(stage: Stage) -> None:
    slow = Slow()

    async def late_failure(message: Message, conversation: Conversation, /) -> Reply:
        await slow(message, conversation)
        raise Unavailable("locked")

    scene = stage(late_failure)
    verified = FakeChannel(can_push=True)
    assert await scene.bot.receive(verified, message("低保"), within=SOON) is None
    slow.let_go("低保")
    await eventually(lambda: bool(scene.outbox.parcels))

    assert scene.outbox.parcels == [("anna", "抱歉。", ParcelState.DUE)]
    assert await scene.bot.receive(verified, message("低保"), within=LONG) is None
    await quiet()
    assert slow.started == ["低保"] * 3


async def test_a_failure_nobody_waits_for_is_left_to_the_redelivery(stage: Stage) -> None:
    slow = Slow()
    failing = Failing(3, Unavailable("locked"))

    async def late_failure(message: Message, conversation: Conversation, /) -> Reply:
        await slow(message, conversation)
        return await failing(message, conversation)

    scene = stage(late_failure, patience=0)
    with pytest.raises(StillWorking):
        await scene.bot.receive(FakeChannel(), message("低保"), within=SOON)
    slow.let_go("低保")
    await quiet()
    assert scene.outbox.parcels == []

    assert await scene.bot.receive(FakeChannel(), message("低保"), within=LONG) == answer("低保")


async def test_a_fault_in_a_handler_gives_an_apology_and_keeps_the_conversation(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    scene = stage(Failing(1000, RuntimeError("a bug")))
    async with scene.conversations.turn(ANNA) as turn:
        turn.conversation = Conversation(State.CHOOSING, "低保")

    reply = await scene.bot.receive(FakeChannel(), message("2"), within=LONG)

    assert reply == Reply("抱歉。", "error_internal")
    assert await scene.conversation() == Conversation(State.CHOOSING, "低保")
    assert "a bug" in caplog.text
    assert "anna" not in caplog.text


async def test_a_delivery_that_is_broken_off_leaves_its_reply_for_the_outbox(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow, patience=0)
    delivery = asyncio.create_task(scene.bot.receive(FakeChannel(), message("低保"), within=LONG))
    await eventually(lambda: bool(slow.started))
    delivery.cancel()
    await asyncio.wait({delivery})
    slow.let_go("低保")
    await eventually(lambda: bool(scene.outbox.parcels))

    assert scene.outbox.parcels == [("anna", "答：低保", ParcelState.HELD)]


# rate and events


async def test_a_user_who_writes_too_fast_is_told_so_and_others_are_not(stage: Stage) -> None:
    echo = Echo()
    scene = stage(echo, burst=1)
    await scene.bot.receive(FakeChannel(), message("一"), within=LONG)

    refused = await scene.bot.receive(FakeChannel(), message("二"), within=LONG)
    other = await scene.bot.receive(FakeChannel(), message("三", user=BORIS), within=LONG)

    assert refused == Reply("太快了。", "refused_rate")
    assert other == answer("三")
    assert [text for text, _ in echo.heard] == ["一", "三"]


async def test_an_event_that_must_not_be_answered_costs_nothing(stage: Stage) -> None:
    echo = Echo()
    scene = stage(echo, burst=1)

    for number in range(3):
        event = message("", message_id=str(number), kind=MessageKind.SILENT)
        assert await scene.bot.receive(FakeChannel(), event, within=LONG) is None

    assert echo.heard == []
    assert await scene.bot.receive(FakeChannel(), message("低保"), within=LONG) == answer("低保")


# order


async def test_one_users_messages_are_handled_one_at_a_time_and_in_order(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow)
    texts = ["一", "二", "三"]
    deliveries = [asyncio.create_task(scene.bot.receive(FakeChannel(), message(text), within=LONG)) for text in texts]
    for text in reversed(texts):
        slow.let_go(text)
        await asyncio.sleep(0)

    assert await asyncio.gather(*deliveries) == [answer(text) for text in texts]
    assert slow.started == slow.ended == texts


async def test_a_user_who_waits_does_not_hold_up_others(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow)
    waiting = asyncio.create_task(scene.bot.receive(FakeChannel(), message("一"), within=LONG))
    slow.let_go("二")

    assert await scene.bot.receive(FakeChannel(), message("二", user=BORIS), within=LONG) == answer("二")
    assert not waiting.done()
    slow.let_go("一")
    await waiting


# kept texts


async def test_a_kept_text_comes_before_the_reply(stage: Stage) -> None:
    scene = stage(Echo())
    await scene.keep("工作人员答复。", reference="浚县-2026-000001")

    first = await scene.bot.receive(FakeChannel(), message("低保"), within=LONG)
    second = await scene.bot.receive(FakeChannel(), message("社保"), within=LONG)

    assert first is not None
    assert (first.text, first.reference) == ("工作人员答复。\n\n答：低保", "浚县-2026-000001")
    assert second == answer("社保")


async def test_the_same_kept_text_is_given_again_to_the_message_that_failed_after_it(stage: Stage) -> None:
    scene = stage(Fixed(Reply("很长。" * 600, "answered_search")))
    await scene.keep("工作人员答复。")
    scene.outbox.left = 3
    with pytest.raises(Unavailable):
        await scene.bot.receive(FakeChannel(), message("低保"), within=LONG)

    reply = await scene.bot.receive(FakeChannel(), message("低保"), within=LONG)

    assert reply is not None
    assert reply.text == "工作人员答复。"


async def test_kept_texts_come_together_and_in_order(stage: Stage) -> None:
    scene = stage(Echo())
    await scene.keep("第一份。")
    await scene.keep("第二份。")

    replies = [await scene.bot.receive(FakeChannel(), message(text), within=LONG) for text in "ab"]

    assert [reply and reply.text for reply in replies] == ["第一份。\n\n第二份。\n\n答：a", "答：b"]


async def test_a_kept_text_that_fills_the_room_displaces_the_reply(stage: Stage) -> None:
    options = (Option("1", "已解决"),)
    asked = Conversation(State.ANSWERED, "低保")
    scene = stage(Fixed(Reply("很长。" * 150, "answered_search", asked, footer="出处", options=options)))
    await scene.keep("工作人员答复。" * 50)
    channel = FakeChannel()

    shown = await scene.bot.receive(channel, message("低保"), within=LONG)

    assert shown is not None
    assert (shown.text, shown.footer, shown.options) == ("工作人员答复。" * 50, "（还有，请回复继续）", ())
    assert await scene.conversation() == asked
    assert scene.outbox.parcels[1] == ("anna", "很长。" * 150 + "\n\n出处\n\n回复 1 已解决", ParcelState.HELD)


@pytest.mark.parametrize(("spare", "displaced"), [(0, False), (-1, True)])
async def test_both_are_shown_as_long_as_they_fit(stage: Stage, spare: int, displaced: bool) -> None:  # noqa: FBT001  a table
    kept, own = "工作人员答复。", "甲" * 100
    scene = stage(Fixed(Reply(own, "answered_search")))
    await scene.keep(kept)
    room = len(f"{kept}\n\n{own}".encode()) + spare

    shown = await scene.bot.receive(FakeChannel(room=room), message("低保"), within=LONG)

    assert shown is not None
    assert (shown.text == kept) is displaced
    assert scene.outbox.keys == [""] + [f"{message('低保').key}/later"] * displaced


async def test_a_long_kept_text_is_shown_in_parts_that_fit_and_nothing_is_lost(stage: Stage) -> None:
    """The word to go on gives way to what is kept, until nothing is left."""
    go_on = Reply("没有新的回复。", "social_go_on", yields=True)
    scene = stage(Fixed(go_on))
    sentences = [f"第{number}句话写得比较长一些。" for number in range(200)]
    await scene.keep("".join(sentences))
    channel = FakeChannel()

    shown: list[Reply] = []
    while not shown or shown[-1] != go_on:
        reply = await scene.bot.receive(channel, message("继续", message_id=str(len(shown))), within=LONG)
        assert reply is not None
        assert len(channel.in_band(message("继续"), reply)[0]) <= channel.room
        shown.append(reply)

    texts = [reply.text for reply in shown[:-1]]
    assert "".join(texts) == "".join(sentences)
    assert all(text.endswith("。") for text in texts)
    assert [reply.footer for reply in shown[:-1]] == ["（还有，请回复继续）"] * (len(texts) - 1) + [""]


async def test_the_displaced_reply_follows_the_rest_of_the_kept_text(stage: Stage) -> None:
    scene = stage(Echo())
    await scene.keep("工作人员答复。" * 150)
    first = await scene.bot.receive(FakeChannel(), message("低保"), within=LONG)

    second = await scene.bot.receive(FakeChannel(), message("社保"), within=LONG)

    assert first is not None
    assert second is not None
    assert first.text + second.text.split("\n")[0] == "工作人员答复。" * 150
    assert second.text.endswith("\n\n答：低保\n\n答：社保")


async def test_a_silent_reply_leaves_kept_texts_where_they_are(stage: Stage) -> None:
    scene = stage(Fixed(Reply("", "social_goodbye", silent=True)))
    await scene.keep("工作人员答复。")

    await scene.bot.receive(FakeChannel(), message("", kind=MessageKind.UNSUBSCRIBE), within=LONG)

    kept = await scene.outbox.pick_up(message("回来了"), room=2048)
    assert kept is not None
    assert kept.text == "工作人员答复。"


# closing


async def test_closing_waits_for_the_running_work_and_keeps_its_reply(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow)
    with pytest.raises(StillWorking):
        await scene.bot.receive(FakeChannel(), message("低保"), within=SOON)
    closing = asyncio.create_task(scene.bot.close(within=LONG))
    await asyncio.sleep(0)
    slow.let_go("低保")
    await closing

    assert scene.outbox.parcels == [("anna", "答：低保", ParcelState.HELD)]


async def test_closing_keeps_a_reply_that_waits_for_a_redelivery(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow)
    with pytest.raises(StillWorking):
        await scene.bot.receive(FakeChannel(), message("低保"), within=SOON)
    slow.let_go("低保")
    await quiet()
    assert scene.outbox.parcels == []

    await scene.bot.close()

    assert scene.outbox.parcels == [("anna", "答：低保", ParcelState.HELD)]


async def test_a_reply_that_gets_ready_just_as_the_bot_closes_is_kept(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow)
    with pytest.raises(StillWorking):
        await scene.bot.receive(FakeChannel(), message("低保"), within=SOON)
    slow.let_go("低保")

    await asyncio.create_task(scene.bot.close())

    assert scene.outbox.parcels == [("anna", "答：低保", ParcelState.HELD)]


async def test_work_that_does_not_end_in_time_is_left_to_the_redelivery(stage: Stage) -> None:
    slow = Slow()
    scene = stage(slow)
    delivery = asyncio.create_task(scene.bot.receive(FakeChannel(), message("低保"), within=LONG))
    await eventually(lambda: bool(slow.started))

    await scene.bot.close(within=0)

    with pytest.raises(Unavailable):
        await delivery
    # the claim was given back: whoever gets the redelivery handles it
    again = await scene.gate.admit(message("低保"))
    assert again == "fresh"


async def test_work_that_was_promised_and_does_not_end_in_time_gets_an_apology(stage: Stage) -> None:
    scene = stage(Slow())
    assert await scene.bot.receive(FakeChannel(can_push=True), message("低保"), within=SOON) is None

    await scene.bot.close(within=0)

    assert scene.outbox.parcels == [("anna", "抱歉。", ParcelState.DUE)]


async def test_closing_without_work_is_immediate(stage: Stage) -> None:
    await stage(Echo()).bot.close()


async def test_what_a_citizen_sends_again_where_nothing_is_redelivered_is_answered_again(stage: Stage) -> None:
    scene = stage(Echo(), memory=0)
    channel = FakeChannel(deliveries=1)
    first = await scene.bot.receive(channel, message("低保"), within=LONG)
    await scene.bot.receive(channel, message("医保"), within=LONG)

    again = await scene.bot.receive(channel, message("低保"), within=LONG)

    assert again == first == answer("低保")
