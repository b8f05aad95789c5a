from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.ports import Outbox
from bot.types import OPEN_FOR, Message, Parcel, ParcelState, User
from register.desk import Desk
from register.ports import Register
from register.types import VERDICT, Case, CaseKind, NewCase, Step
from register.verdicts import Verdicts
from storage.database import Database
from storage.memory import MemoryOutbox, MemoryRegister, MemoryTables, MemoryVerdicts
from storage.outbox import SqlOutbox
from storage.register import SqlRegister
from storage.verdicts import SqlVerdicts
from tests.fakes import MONDAY, FixedClock, PlainVault

ANNA = User("wechat/main", "anna")
MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Counter:
    """A register with its outbox, and what citizens say."""

    register: Register
    outbox: Outbox
    verdicts: Verdicts
    clock: FixedClock = field(default_factory=FixedClock)

    async def case(self, number: int = 1, user: User = ANNA) -> Case:
        new = NewCase(
            f"s{number}", CaseKind.INQUIRY, "问", user.channel, user.id, MONDAY, MONDAY.date(), provisional=False
        )
        return await self.register.open(new)

    async def put(self, number: int = 1, user: User = ANNA) -> Parcel:
        """Answer a case, and return the parcel with the answer as it is on its way."""
        case = await self.case(number, user)
        await Desk(self.register, self.clock).answer(case.reference, "答", by="li", version=case.version)
        (parcel,) = await self.outbox.claim(now=self.clock())
        assert parcel.asks
        return parcel

    async def answered(self, number: int = 1, user: User = ANNA, *, end: ParcelState = ParcelState.SENT) -> str:
        """Answer a case, see the answer arrive, and return the key of its parcel."""
        parcel = await self.put(number, user)
        await self.outbox.settle(parcel, end, at=self.clock())
        return parcel.key

    async def says(self, parcel: str, *, resolved: bool, user: User = ANNA, at: datetime | None = None) -> str:
        """Judge the answer in a parcel, and return the number of its case."""
        when = at or self.clock() + MINUTE
        case = await self.verdicts.judge(user.channel, user.id, parcel, resolved=resolved, at=when)
        return case.reference if case else ""

    async def kept(self, reference: str) -> list[Step]:
        return [event.step for event in await self.register.history(reference) if event.step in VERDICT]


@pytest.fixture
async def counter(place: str) -> AsyncIterator[Counter]:
    clock = FixedClock()
    if place == "memory":
        tables = MemoryTables()
        register = MemoryRegister(tables, code="浚县", now=clock)
        yield Counter(register, MemoryOutbox(tables), MemoryVerdicts(tables), clock)
        return
    database, vault = Database(place), PlainVault()
    register_in_sql = SqlRegister(database, vault, code="浚县", now=clock)
    yield Counter(register_in_sql, SqlOutbox(database, vault), SqlVerdicts(database), clock)
    await database.aclose()


class TestVerdicts:
    async def test_a_verdict_is_kept_with_the_case_whose_answer_arrived(self, counter: Counter) -> None:
        reference = await counter.says(await counter.answered(), resolved=True)

        case = await counter.case()
        assert (reference, await counter.kept(reference)) == (case.reference, [Step.RESOLVED])
        event = (await counter.register.history(reference))[-1]
        assert (event.actor, event.at) == ("citizen", MONDAY + MINUTE)
        assert case.handler == "li"
        assert case.version == len(await counter.register.history(reference))

    @pytest.mark.parametrize("end", [ParcelState.DUE, ParcelState.HELD, ParcelState.FAILED])
    async def test_what_has_not_arrived_cannot_be_judged(self, counter: Counter, end: ParcelState) -> None:
        assert await counter.says(await counter.answered(end=end), resolved=True) == ""

    async def test_what_came_back_cannot_be_judged(self, counter: Counter) -> None:
        parcel = await counter.put()
        await counter.outbox.settle(parcel, ParcelState.SENT, at=counter.clock())
        await counter.outbox.bounce(ANNA.channel, parcel.id, at=counter.clock(), reason="拒收")
        assert await counter.says(parcel.key, resolved=True) == ""

    async def test_what_arrived_can_be_judged_before_that_is_noted(self, counter: Counter) -> None:
        parcel = await counter.put()
        reference = await counter.says(parcel.key, resolved=True)
        await counter.outbox.settle(parcel, ParcelState.SENT, at=counter.clock() + 2 * MINUTE)

        assert reference == (await counter.case()).reference
        assert await counter.says(parcel.key, resolved=True, at=counter.clock() + 3 * MINUTE) == reference
        assert await counter.kept(reference) == [Step.RESOLVED]

    async def test_what_arrived_can_be_judged_where_that_could_not_be_noted(self, counter: Counter) -> None:
        parcel = await counter.put()
        counter.clock.forward(minutes=10)
        await counter.outbox.claim(now=counter.clock())

        assert await counter.says(parcel.key, resolved=False) == (await counter.case()).reference

    async def test_texts_that_are_no_answers_wait_for_no_verdict(self, counter: Counter) -> None:
        await counter.outbox.put(ANNA, "迟到的回复", at=MONDAY)
        (parcel,) = await counter.outbox.claim(now=MONDAY)
        await counter.outbox.settle(parcel, ParcelState.SENT, at=MONDAY)
        assert await counter.says(parcel.key, resolved=True) == ""

    async def test_a_stranger_judges_nothing_even_by_the_key_of_the_parcel(self, counter: Counter) -> None:
        key = await counter.answered()
        assert await counter.says(key, resolved=True, user=User("wechat/main", "boris")) == ""

    @pytest.mark.parametrize("key", ["", "999999999999999999-999999999999999999", "1-1", "答"])
    async def test_a_key_of_no_parcel_judges_nothing(self, counter: Counter, key: str) -> None:
        await counter.answered()
        assert await counter.says(key, resolved=True) == ""

    async def test_of_two_answers_each_is_judged_by_its_own_key(self, counter: Counter) -> None:
        first = await counter.answered(1)
        counter.clock.forward(minutes=5)
        second = await counter.answered(2)

        assert await counter.says(second, resolved=True) == (await counter.case(2)).reference
        assert await counter.says(first, resolved=False) == (await counter.case(1)).reference

    async def test_the_same_verdict_counts_once_and_another_changes_it(self, counter: Counter) -> None:
        key = await counter.answered()
        reference = await counter.says(key, resolved=True)
        assert await counter.says(key, resolved=True, at=counter.clock() + 2 * MINUTE) == reference
        assert await counter.kept(reference) == [Step.RESOLVED]

        assert await counter.says(key, resolved=False, at=counter.clock() + 3 * MINUTE) == reference
        assert await counter.kept(reference) == [Step.RESOLVED, Step.UNRESOLVED]

    async def test_an_addition_to_the_answer_is_judged_anew(self, counter: Counter) -> None:
        reference = await counter.says(await counter.answered(), resolved=False)
        counter.clock.forward(hours=1)

        assert await counter.says(await counter.answered(), resolved=False) == reference
        assert await counter.kept(reference) == [Step.UNRESOLVED, Step.UNRESOLVED]

    async def test_after_a_month_it_is_too_late(self, counter: Counter) -> None:
        key = await counter.answered()
        assert await counter.says(key, resolved=True, at=MONDAY + OPEN_FOR) == ""

    async def test_an_answer_that_was_picked_up_is_to_be_followed_by_the_question(self, counter: Counter) -> None:
        key = await counter.answered(end=ParcelState.HELD)
        counter.clock.forward(days=40)
        message = Message("m1", ANNA, "谢谢", counter.clock() + MINUTE)
        cut = await counter.outbox.pick_up(message, room=20)
        assert cut is not None
        assert not cut.asks
        again = Message("m2", ANNA, "继续", counter.clock() + MINUTE)
        for _ in ("first", "redelivered"):
            whole = await counter.outbox.pick_up(again, room=2000)
            assert whole is not None
            assert (whole.asks, whole.more) == (key, False)
        assert await counter.says(key, resolved=True, at=counter.clock() + 2 * MINUTE) != ""
