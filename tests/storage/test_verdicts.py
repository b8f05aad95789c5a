from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.ports import Outbox
from bot.types import Message, ParcelState, User
from register.desk import Desk
from register.ports import Register
from register.types import VERDICT, Case, CaseKind, NewCase, Step
from register.verdicts import OPEN_FOR, REPEATED, Verdicts
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

    async def answered(self, number: int = 1, user: User = ANNA, *, end: ParcelState = ParcelState.SENT) -> str:
        """Answer a case, see the answer arrive, and return the key of its parcel."""
        case = await self.case(number, user)
        await Desk(self.register, self.clock).answer(case.reference, "答", by="li", version=case.version)
        (parcel,) = await self.outbox.claim(now=self.clock())
        await self.outbox.settle(parcel, end, at=self.clock())
        assert parcel.asks
        return parcel.key

    async def says(
        self, *, resolved: bool, user: User = ANNA, parcel: str = "", firmly: bool = False, at: datetime | None = None
    ) -> str:
        case = await self.verdicts.judge(
            user.channel, user.id, resolved=resolved, at=at or self.clock() + MINUTE, parcel=parcel, firmly=firmly
        )
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
        await counter.answered()
        reference = await counter.says(resolved=True)

        case = await counter.case()
        assert (reference, await counter.kept(reference)) == (case.reference, [Step.RESOLVED])
        event = (await counter.register.history(reference))[-1]
        assert (event.actor, event.at) == ("citizen", MONDAY + MINUTE)
        assert case.handler == "li"
        assert case.version == len(await counter.register.history(reference))

    @pytest.mark.parametrize("end", [ParcelState.HELD, ParcelState.FAILED, ParcelState.UNCERTAIN])
    async def test_what_has_not_arrived_cannot_be_judged(self, counter: Counter, end: ParcelState) -> None:
        await counter.answered(end=end)
        assert await counter.says(resolved=True) == ""

    async def test_texts_that_are_no_answers_wait_for_no_verdict(self, counter: Counter) -> None:
        await counter.outbox.put(ANNA, "迟到的回复", at=MONDAY)
        (parcel,) = await counter.outbox.claim(now=MONDAY)
        await counter.outbox.settle(parcel, ParcelState.SENT, at=MONDAY)
        assert await counter.says(resolved=True, firmly=True) == ""

    async def test_a_stranger_judges_nothing_even_by_the_key_of_the_parcel(self, counter: Counter) -> None:
        key = await counter.answered()
        other = User("wechat/main", "boris")
        assert await counter.says(resolved=True, user=other) == ""
        assert await counter.says(resolved=True, user=other, parcel=key) == ""

    async def test_of_two_answers_the_later_is_meant_unless_the_other_is_tapped(self, counter: Counter) -> None:
        first = await counter.answered(1)
        counter.clock.forward(minutes=5)
        await counter.answered(2)

        assert await counter.says(resolved=True) == (await counter.case(2)).reference
        assert await counter.says(resolved=False, parcel=first) == (await counter.case(1)).reference

    async def test_a_number_counts_once_and_words_may_change_it(self, counter: Counter) -> None:
        await counter.answered()
        reference = await counter.says(resolved=True)
        again, late = counter.clock() + 2 * MINUTE, counter.clock() + 2 * REPEATED

        assert await counter.says(resolved=True, at=again) == reference
        assert await counter.says(resolved=False, at=again) == ""
        assert await counter.says(resolved=True, at=late) == ""
        assert await counter.kept(reference) == [Step.RESOLVED]
        assert await counter.says(resolved=False, at=late, firmly=True) == reference
        assert await counter.kept(reference) == [Step.RESOLVED, Step.UNRESOLVED]

    async def test_an_addition_to_the_answer_is_judged_anew(self, counter: Counter) -> None:
        await counter.answered()
        reference = await counter.says(resolved=False)
        counter.clock.forward(hours=1)
        await counter.answered()

        assert await counter.says(resolved=True) == reference
        assert await counter.kept(reference) == [Step.UNRESOLVED, Step.RESOLVED]

    async def test_after_a_month_a_number_is_only_a_number(self, counter: Counter) -> None:
        await counter.answered()
        assert await counter.says(resolved=True, at=MONDAY + OPEN_FOR) == ""

    async def test_an_answer_that_was_picked_up_is_to_be_followed_by_the_question(self, counter: Counter) -> None:
        await counter.answered(end=ParcelState.HELD)
        message = Message("m1", ANNA, "谢谢", counter.clock() + MINUTE)
        cut = await counter.outbox.pick_up(message, room=20)
        assert cut is not None
        assert not cut.asks
        whole = await counter.outbox.pick_up(Message("m2", ANNA, "继续", counter.clock() + MINUTE), room=2000)
        assert whole is not None
        assert (whole.asks, whole.more) == (True, False)
        assert await counter.says(resolved=True, at=counter.clock() + 2 * MINUTE) != ""
