import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.errors import DeliveryFailed, Unavailable
from bot.fetching import LEASE, Fetcher
from bot.router import Route, Router, always
from bot.runtime import Bot
from bot.types import Batch, Conversation, Message, Nudge, Option, Phrases, Reply, User
from storage.memory import MemoryConversations, MemoryGate, MemoryOutbox, MemoryReadings, MemoryTables
from tests.fakes import MONDAY, SURVEY, FakeChannel, FixedClock

ANNA, BORIS = User("fake", "anna"), User("fake", "boris")
PHRASES = Phrases("抱歉。", "太快了。", "稍后。", Option("继续", "查看"), "没有答完。", "（还有）", SURVEY)


@dataclass(slots=True)
class Letterbox(FakeChannel):
    """A channel that keeps messages; a fetch ends with the next of `ends` if there is one."""

    can_push: bool = True
    deliveries: int = 1
    kept: list[Message] = field(default_factory=list)
    bounced: tuple[tuple[int, str], ...] = ()
    page: int = 2
    ends: list[Exception] = field(default_factory=list)
    fetches: list[tuple[str, str]] = field(default_factory=list)

    def keep(self, *texts: str, user: User = ANNA) -> None:
        for text in texts:
            self.kept.append(Message(f"m{len(self.kept)}", user, text, MONDAY))

    async def fetch(self, source: str, cursor: str, *, token: str) -> Batch:
        assert source == "kf1"
        self.fetches.append((cursor, token))
        if self.ends:
            raise self.ends.pop(0)
        start = int(cursor or 0)
        end = min(start + self.page, len(self.kept))
        return Batch(tuple(self.kept[start:end]), self.bounced, str(end), end < len(self.kept))


@dataclass(slots=True)
class Answers:
    """Answers with what it was asked, and notes it; `locked` is how often a store cannot serve."""

    asked: list[str] = field(default_factory=list)
    locked: int = 0

    async def __call__(self, message: Message, _conversation: Conversation, /) -> Reply:
        await asyncio.sleep(0)
        self.asked.append(message.text)
        if self.locked:
            self.locked -= 1
            raise Unavailable("locked")
        return Reply(f"答：{message.text}", "answered_search")


@dataclass(slots=True)
class Post:
    """What the processes share, and processes over it."""

    clock: FixedClock = field(default_factory=FixedClock)
    letterbox: Letterbox = field(default_factory=Letterbox)
    outbox: MemoryOutbox = field(default_factory=lambda: MemoryOutbox(MemoryTables()))
    readings: MemoryReadings = field(default_factory=MemoryReadings)
    answers: Answers = field(default_factory=Answers)

    def process(self) -> Fetcher:
        bot = Bot(
            router=Router([Route(always, self.answers)]),
            conversations=MemoryConversations(now=self.clock),
            gate=MemoryGate(now=self.clock),
            outbox=self.outbox,
            phrases=PHRASES,
            now=self.clock,
            pauses=(),
        )
        return Fetcher(
            self.letterbox,
            take=lambda message: bot.take(self.letterbox, message),
            readings=self.readings,
            outbox=self.outbox,
            now=self.clock,
            glance=0,
            pause=timedelta(),
        )

    async def texts(self) -> Sequence[str]:
        """Return what is on its way, one person after the other."""
        found = []
        while parcels := await self.outbox.claim(now=self.clock()):
            found += [parcel.text for parcel in parcels]
            for parcel in parcels:
                await self.outbox.settle(parcel, parcel.state.SENT, at=self.clock())
        return found


@pytest.fixture
def post() -> Post:
    return Post()


async def test_every_message_is_answered_once_and_in_order(post: Post) -> None:
    post.letterbox.keep("一", "二", "三", "四", "五")
    fetcher = post.process()
    fetcher.wake(Nudge("kf1", "t1"))
    await fetcher.fetched()

    assert await post.texts() == ["答：一", "答：二", "答：三", "答：四", "答：五"]
    assert post.letterbox.fetches == [("", "t1"), ("2", "t1"), ("4", "t1")]


async def test_the_next_nudge_goes_on_where_the_last_one_ended(post: Post) -> None:
    fetcher = post.process()
    for text in ("一", "二"):
        post.letterbox.keep(text)
        fetcher.wake(Nudge("kf1", text))
        await fetcher.fetched()

    assert post.answers.asked == ["一", "二"]
    assert post.letterbox.fetches == [("", "一"), ("1", "二")]


async def test_a_nudge_while_fetching_makes_it_look_once_more(post: Post) -> None:
    post.letterbox.keep("一")
    fetcher = post.process()
    fetcher.wake(Nudge("kf1", "t1"))
    await asyncio.sleep(0)
    fetcher.wake(Nudge("kf1", "t2"))
    await fetcher.fetched()

    assert post.letterbox.fetches[-1] == ("1", "t2")
    assert post.answers.asked == ["一"]


async def test_two_processes_do_not_answer_one_message_twice(post: Post) -> None:
    post.letterbox.keep("一", "二", "三", user=ANNA)
    post.letterbox.keep("四", user=BORIS)
    processes = post.process(), post.process()
    for fetcher in processes:
        fetcher.wake(Nudge("kf1", "t1"))
    await asyncio.gather(*(fetcher.fetched() for fetcher in processes))

    assert sorted(post.answers.asked) == sorted(["一", "二", "三", "四"])


async def test_what_a_process_left_is_fetched_again_and_answered_once(post: Post) -> None:
    post.letterbox.keep("一", "二")
    # it answered, and ended before it could note how far it had read
    reading = await post.readings.take("fake kf1", now=post.clock(), until=post.clock() + LEASE)
    assert reading is not None
    await post.outbox.put(ANNA, "答：一", at=MONDAY, key=post.letterbox.kept[0].key)
    post.clock.forward(seconds=61)

    fetcher = post.process()
    fetcher.wake(Nudge("kf1", ""))
    await fetcher.fetched()

    assert await post.texts() == ["答：一", "答：二"]
    assert not await post.readings.advance(reading, "0", until=post.clock() + LEASE)


async def test_a_process_that_was_taken_over_notes_nothing(post: Post) -> None:
    first = await post.readings.take("fake kf1", now=post.clock(), until=post.clock())
    second = await post.readings.take("fake kf1", now=post.clock(), until=post.clock() + LEASE)
    assert first is not None
    assert second is not None
    assert await post.readings.advance(second, "9", until=post.clock() + LEASE)
    assert not await post.readings.advance(first, "1", until=post.clock() + LEASE)


async def test_a_message_that_could_not_be_kept_is_fetched_again(post: Post) -> None:
    post.letterbox.keep("一")
    post.answers.locked = 1
    fetcher = post.process()
    fetcher.wake(Nudge("kf1", "t1"))
    await fetcher.fetched()

    assert post.answers.asked == ["一", "一"]
    assert await post.texts() == ["答：一"]
    assert [cursor for cursor, _ in post.letterbox.fetches] == ["", ""]


async def test_a_platform_that_fails_is_asked_again(post: Post) -> None:
    post.letterbox.keep("一")
    post.letterbox.ends = [DeliveryFailed("busy", retry_after=timedelta()), Unavailable("locked")]
    fetcher = post.process()
    fetcher.wake(Nudge("kf1", "t1"))
    await fetcher.fetched()

    assert await post.texts() == ["答：一"]


async def test_what_nobody_thought_of_does_not_end_the_fetching(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    post.letterbox.keep("一")
    post.letterbox.ends = [KeyError("a bug"), Unavailable("locked")]
    fetcher = post.process()
    fetcher.wake(Nudge("kf1", "t1"))
    await fetcher.fetched()

    assert await post.texts() == ["答：一"]
    assert "a bug" in caplog.text


async def test_a_source_that_was_read_before_is_looked_into_at_the_start(post: Post) -> None:
    reading = await post.readings.take("fake kf1", now=post.clock(), until=post.clock())
    assert reading is not None
    await post.readings.take("other kf1", now=post.clock(), until=post.clock())
    post.letterbox.keep("一")
    fetcher = post.process()
    running = asyncio.create_task(fetcher.run())
    while not post.answers.asked:  # noqa: ASYNC110  the test's own time limit ends it
        await asyncio.sleep(0)
    await fetcher.fetched()
    running.cancel()

    assert post.letterbox.fetches == [("", "")]
