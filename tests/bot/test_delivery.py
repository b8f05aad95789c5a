import asyncio
import contextlib
from datetime import datetime, timedelta

import pytest

from bot.delivery import AT_ONCE, ATTEMPTS, Delivery
from bot.errors import DeliveryFailed, DeliveryUncertain, Unavailable, Unreachable, WindowClosed
from bot.types import Message, Parcel, ParcelState, Survey, User
from storage.memory import MemoryOutbox, MemoryTables
from tests.fakes import MONDAY, FakeChannel, FixedClock

ANNA, BORIS = User("fake", "anna"), User("fake", "boris")


class WatchedOutbox(MemoryOutbox):
    """An outbox that notes how parcels end; `lost` is how often it cannot be reached for that."""

    def __init__(self) -> None:
        super().__init__(MemoryTables())
        self.settled: list[tuple[str, ParcelState, str, datetime | None]] = []
        self.lost = 0
        self.forgot = asyncio.Event()

    async def settle(
        self,
        parcel: Parcel,
        state: ParcelState,
        *,
        at: datetime,
        reason: str = "",
        retry_at: datetime | None = None,
        rest: str = "",
    ) -> None:
        if self.lost:
            self.lost -= 1
            raise Unavailable("locked")
        await super().settle(parcel, state, at=at, reason=reason, retry_at=retry_at, rest=rest)
        self.settled.append((rest or parcel.text, state, reason, retry_at))

    async def forget(self, *, before: datetime) -> None:
        await super().forget(before=before)
        self.forgot.set()


@pytest.fixture
def outbox() -> WatchedOutbox:
    return WatchedOutbox()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


def delivery(outbox: WatchedOutbox, channel: FakeChannel, clock: FixedClock) -> Delivery:
    return Delivery(outbox=outbox, channels={channel.name: channel}, now=clock, pause=0, pauses=(0, 0))


async def test_a_due_text_is_pushed_and_settled_as_sent(outbox: WatchedOutbox, clock: FixedClock) -> None:
    channel = FakeChannel(can_push=True)
    await outbox.put(ANNA, "答复", at=MONDAY)
    told: list[ParcelState] = []
    post = Delivery(
        outbox=outbox, channels={"fake": channel}, now=clock, settled=lambda _parcel, state: told.append(state)
    )

    assert await post.deliver_due()
    assert not await post.deliver_due()
    assert channel.pushed == [(ANNA, "答复")]
    assert outbox.settled == [("答复", ParcelState.SENT, "", None)]
    assert told == [ParcelState.SENT]


@pytest.mark.parametrize(
    ("trouble", "outcome", "wait"),
    [
        (DeliveryUncertain("no answer"), (ParcelState.UNCERTAIN, "no answer"), None),
        (Unreachable("window closed"), (ParcelState.HELD, "window closed"), None),
        (DeliveryFailed("blocked"), (ParcelState.FAILED, "blocked"), None),
        (DeliveryFailed("busy", retry_after=timedelta(seconds=5)), (ParcelState.DUE, "busy"), timedelta(seconds=5)),
        (Unavailable("no token"), (ParcelState.DUE, "no token"), timedelta(seconds=30)),
    ],
    ids=["uncertain", "unreachable", "refused", "refused for now", "store unavailable"],
)
async def test_every_trouble_settles_a_text(
    trouble: Exception,
    outcome: tuple[ParcelState, str],
    wait: timedelta | None,
    outbox: WatchedOutbox,
    clock: FixedClock,
) -> None:
    await outbox.put(ANNA, "答复", at=MONDAY)

    await delivery(outbox, FakeChannel(can_push=True, trouble=trouble), clock).deliver_due()

    assert outbox.settled == [("答复", *outcome, wait and MONDAY + wait)]


async def test_a_text_is_held_where_nothing_can_be_pushed(outbox: WatchedOutbox, clock: FixedClock) -> None:
    channel = FakeChannel(can_push=False)
    await outbox.put(ANNA, "答复", at=MONDAY)
    await outbox.put(User("gone", "anna"), "停用的渠道", at=MONDAY)

    await delivery(outbox, channel, clock).deliver_due()

    assert {(text, state) for text, state, _, _ in outbox.settled} == {
        ("答复", ParcelState.HELD),
        ("停用的渠道", ParcelState.HELD),
    }
    assert channel.pushed == []


async def test_of_a_text_that_was_broken_off_the_rest_is_kept(outbox: WatchedOutbox, clock: FixedClock) -> None:
    channel = FakeChannel(can_push=True, trouble=DeliveryFailed("busy", retry_after=timedelta(), rest="第二条第三条"))
    await outbox.put(ANNA, "第一条第二条第三条", at=MONDAY)
    post = delivery(outbox, channel, clock)
    await post.deliver_due()
    channel.trouble = Unreachable("quota", rest="第三条")
    await post.deliver_due()

    assert [(text, state) for text, state, _, _ in outbox.settled] == [
        ("第二条第三条", ParcelState.DUE),
        ("第三条", ParcelState.HELD),
    ]
    kept = await outbox.pick_up(Message("m1", ANNA, "你好", MONDAY), room=2048)
    assert kept is not None
    assert kept.text == "第三条"


async def test_who_was_silent_for_long_is_told_that_there_is_news_of_a_case(
    outbox: WatchedOutbox, clock: FixedClock
) -> None:
    channel = FakeChannel(can_push=True, trouble=WindowClosed("48 小时"))
    await outbox.put(ANNA, "答复", at=MONDAY, reference="浚县-2026-000001")
    await outbox.put(BORIS, "迟到的回复", at=MONDAY)
    await delivery(outbox, channel, clock).deliver_due()

    assert channel.notified == [(ANNA, "浚县-2026-000001")]
    assert {(text, state, reason) for text, state, reason, _ in outbox.settled} == {
        ("答复", ParcelState.HELD, "48 小时，已发通知提醒"),
        ("迟到的回复", ParcelState.HELD, "48 小时"),
    }


async def test_a_text_that_is_refused_again_and_again_is_held(outbox: WatchedOutbox, clock: FixedClock) -> None:
    channel = FakeChannel(can_push=True, trouble=DeliveryFailed("busy", retry_after=timedelta(seconds=1)))
    await outbox.put(ANNA, "答复", at=MONDAY)
    post = delivery(outbox, channel, clock)
    while await post.deliver_due():
        clock.forward(seconds=1)

    states = [state for _, state, _, _ in outbox.settled]
    assert states == [ParcelState.DUE] * (ATTEMPTS - 1) + [ParcelState.HELD]


async def test_a_text_is_not_tried_again_before_its_time(outbox: WatchedOutbox, clock: FixedClock) -> None:
    channel = FakeChannel(can_push=True, trouble=DeliveryFailed("busy", retry_after=timedelta(seconds=60)))
    await outbox.put(ANNA, "答复", at=MONDAY)
    post = delivery(outbox, channel, clock)
    await post.deliver_due()
    channel.trouble = None
    clock.forward(seconds=59)
    assert not await post.deliver_due()

    clock.forward(seconds=1)
    assert await post.deliver_due()
    assert channel.pushed == [(ANNA, "答复")]


class Clogged(FakeChannel):
    """A channel that never gets rid of Anna's texts, and stumbles over Carl's."""

    async def push(self, user: User, text: str, *, key: str = "", survey: Survey | None = None) -> None:
        if user == ANNA:
            await asyncio.Event().wait()
        if user.id == "carl":
            raise RuntimeError("a bug")
        await super().push(user, text)


class Endless(FakeChannel):
    """A channel on which every push hangs."""

    async def push(self, user: User, text: str, *, key: str = "", survey: Survey | None = None) -> None:
        await asyncio.Event().wait()


async def test_a_push_that_hangs_or_breaks_does_not_hold_up_others(outbox: WatchedOutbox, clock: FixedClock) -> None:
    channel = Clogged(can_push=True)
    for user in (ANNA, User("fake", "carl"), BORIS):
        await outbox.put(user, f"给 {user.id}", at=MONDAY)

    running = asyncio.create_task(delivery(outbox, channel, clock).deliver_due())
    while not outbox.settled:  # noqa: ASYNC110  the test's own time limit ends it
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait({running})

    assert outbox.settled == [("给 boris", ParcelState.SENT, "", None)]


async def test_a_text_that_comes_later_overtakes_a_push_that_hangs(outbox: WatchedOutbox, clock: FixedClock) -> None:
    channel = Clogged(can_push=True)
    await outbox.put(ANNA, "给 anna", at=MONDAY)
    loop = asyncio.create_task(delivery(outbox, channel, clock).run())
    await asyncio.sleep(0)

    await outbox.put(BORIS, "给 boris", at=MONDAY)
    while not outbox.settled:  # noqa: ASYNC110  the test's own time limit ends it
        await asyncio.sleep(0)
    loop.cancel()
    await asyncio.wait({loop})

    assert outbox.settled == [("给 boris", ParcelState.SENT, "", None)]


async def test_no_more_than_so_many_texts_are_on_their_way_at_once(outbox: WatchedOutbox, clock: FixedClock) -> None:
    for number in range(AT_ONCE + 5):
        await outbox.put(User("fake", f"carl {number}"), "给", at=MONDAY)
    loop = asyncio.create_task(delivery(outbox, Endless(can_push=True), clock).run())
    for _ in range(50):
        await asyncio.sleep(0)
    left = await outbox.claim(now=MONDAY, limit=100)
    loop.cancel()
    await asyncio.wait({loop})

    assert len(left) == 5


async def test_a_fault_in_a_channel_is_logged_without_the_text(
    outbox: WatchedOutbox, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    await outbox.put(ANNA, "答复", at=MONDAY)

    assert await delivery(outbox, FakeChannel(can_push=True, trouble=RuntimeError("a bug")), clock).deliver_due()

    assert "a bug" in caplog.text
    assert "答复" not in caplog.text
    assert outbox.settled == []


async def test_a_push_is_noted_even_when_the_outbox_is_locked_for_a_moment(
    outbox: WatchedOutbox, clock: FixedClock
) -> None:
    await outbox.put(ANNA, "答复", at=MONDAY)
    outbox.lost = 2

    await delivery(outbox, FakeChannel(can_push=True), clock).deliver_due()

    assert outbox.settled == [("答复", ParcelState.SENT, "", None)]


async def test_a_push_that_could_not_be_noted_is_never_repeated(
    outbox: WatchedOutbox, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    channel = FakeChannel(can_push=True)
    await outbox.put(ANNA, "答复", at=MONDAY)
    outbox.lost = 100
    post = delivery(outbox, channel, clock)
    await post.deliver_due()
    clock.forward(hours=1)

    await post.deliver_due()

    assert channel.pushed == [(ANNA, "答复")]
    assert "locked" in caplog.text


class Unreliable(WatchedOutbox):
    """An outbox that cannot be read at first."""

    failures = 2

    async def claim(
        self, *, now: datetime, limit: int = 10, lease: timedelta = timedelta(minutes=2)
    ) -> tuple[Parcel, ...]:
        if self.failures:
            self.failures -= 1
            raise Unavailable("locked")
        return tuple(await super().claim(now=now, limit=limit, lease=lease))


async def test_the_loop_survives_an_outbox_that_cannot_be_read(
    clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Unreliable()
    channel = FakeChannel(can_push=True)
    await outbox.put(ANNA, "一", at=MONDAY)
    await outbox.put(ANNA, "二", at=MONDAY)

    loop = asyncio.create_task(delivery(outbox, channel, clock).run())
    while len(channel.pushed) < 2:  # noqa: ASYNC110  the test's own time limit ends it
        await asyncio.sleep(0)
    loop.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await loop

    assert [text for _, text in channel.pushed] == ["一", "二"]
    assert caplog.text.count("delivery failed") == 2


class Slow(FakeChannel):
    """A channel that takes its time."""

    async def push(self, user: User, text: str, *, key: str = "", survey: Survey | None = None) -> None:
        for _ in range(10):
            await asyncio.sleep(0)
        await super().push(user, text)


async def test_a_text_on_its_way_when_the_server_stops_still_arrives_and_is_noted(
    outbox: WatchedOutbox, clock: FixedClock
) -> None:
    channel = Slow(can_push=True)
    await outbox.put(ANNA, "一", at=MONDAY)
    await outbox.put(ANNA, "二", at=MONDAY)
    post = delivery(outbox, channel, clock)
    running = asyncio.create_task(post.run())
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    post.stop()
    await running

    assert outbox.settled == [("一", ParcelState.SENT, "", None)]


async def test_a_delivery_without_work_stops_at_once(outbox: WatchedOutbox, clock: FixedClock) -> None:
    post = Delivery(outbox=outbox, channels={}, now=clock, pause=3600)
    running = asyncio.create_task(post.run())
    await asyncio.sleep(0)

    post.stop()

    await running


async def test_while_it_runs_nothing_is_kept_longer_that_was_picked_up(
    outbox: WatchedOutbox, clock: FixedClock
) -> None:
    await outbox.put(ANNA, "答复", at=MONDAY, held=True)
    hello = Message("1", ANNA, "你好", MONDAY)
    await outbox.pick_up(hello, room=100)
    clock.forward(minutes=11)
    post = delivery(outbox, FakeChannel(), clock)
    running = asyncio.create_task(post.run())
    await outbox.forgot.wait()
    post.stop()
    await running

    assert await outbox.pick_up(hello, room=100) is None
