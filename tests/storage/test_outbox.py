import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from bot.ports import Outbox
from bot.types import Message, Parcel, ParcelState, PickedUp, User
from register.types import CaseKind, Event, NewCase, Step
from register.vault import CipherName, Key, Keyring, KeyVault
from storage.database import Database
from storage.memory import MemoryOutbox, MemoryTables
from storage.outbox import LEFT_IN_DOUBT, SqlOutbox
from storage.tables.register import outbox as outbox_table
from tests.fakes import MONDAY, PlainVault
from tests.storage.conftest import Stores

LI = User("wechat/main", "li")
BO = User("wechat/main", "bo")
WANG = User("wechat/main", "wang")
NAMESAKE = User("web", "li")
SOON = MONDAY + timedelta(seconds=1)
LATER = MONDAY + timedelta(minutes=10)
ROOM = 2048
KEY = Key("k", CipherName.AES_256_GCM, bytes(32))


def message(number: int, user: User = LI) -> Message:
    return Message(id=f"m{number}", user=user, text="你好", received_at=SOON)


def texts(parcels: Sequence[Parcel]) -> list[str]:
    return [parcel.text for parcel in parcels]


@pytest.fixture
def outbox(stores: Stores) -> Outbox:
    return stores.outbox


@pytest.fixture
async def case(stores: Stores) -> str:
    new = NewCase("s1", CaseKind.INQUIRY, "问", LI.channel, LI.id, MONDAY, date(2026, 3, 9), provisional=False)
    return (await stores.register.open(new)).reference


class TestOutbox:
    @pytest.mark.parametrize("state", [ParcelState.DUE, ParcelState.HELD])
    async def test_the_rest_of_a_text_takes_its_place(self, outbox: Outbox, state: ParcelState) -> None:
        await outbox.put(LI, "第一条第二条", at=MONDAY, reference="浚县-2026-000001")
        (parcel,) = await outbox.claim(now=MONDAY)
        await outbox.settle(parcel, state, at=SOON, retry_at=SOON, rest="第二条")

        if state is ParcelState.DUE:
            assert texts(await outbox.claim(now=SOON)) == ["第二条"]
        else:
            assert await outbox.pick_up(message(1), room=ROOM) == PickedUp("第二条", "浚县-2026-000001", more=False)

    async def test_a_text_takes_the_place_of_what_was_promised_under_its_key(self, outbox: Outbox) -> None:
        await outbox.promise(LI, "没有答完", at=SOON, key="m1")
        await outbox.promise(LI, "没有答完", at=SOON, key="m1")
        assert await outbox.claim(now=MONDAY) == ()
        await outbox.put(LI, "甲", at=MONDAY, key="m1")

        assert texts(await outbox.claim(now=SOON)) == ["甲"]

    async def test_nothing_is_promised_any_more_once_a_text_is_put_under_the_key(self, outbox: Outbox) -> None:
        await outbox.put(LI, "答复", at=SOON, key="m1")
        await outbox.promise(LI, "没有答完", at=SOON, key="m1")
        (parcel,) = await outbox.claim(now=LATER)
        await outbox.settle(parcel, ParcelState.SENT, at=LATER)

        assert parcel.text == "答复"
        assert await outbox.claim(now=LATER) == ()

    async def test_what_was_promised_is_told_where_nothing_is_put(self, outbox: Outbox) -> None:
        await outbox.promise(LI, "没有答完", at=SOON, key="m1")
        await outbox.promise(BO, "没有答完", at=SOON, key="m2")
        await outbox.withdraw("m2")
        (parcel,) = await outbox.claim(now=SOON)
        # it is on its way
        await outbox.withdraw("m1")
        await outbox.settle(parcel, ParcelState.SENT, at=SOON)

        assert parcel.text == "没有答完"
        assert await outbox.claim(now=SOON) == ()

    async def test_a_text_that_bounced_is_noted_on_its_case(self, stores: Stores, case: str) -> None:
        await stores.outbox.put(LI, "您的咨询已答复", at=MONDAY, reference=case)
        (parcel,) = await stores.outbox.claim(now=MONDAY)
        await stores.outbox.bounce(LI.channel, parcel.id, at=MONDAY, reason="太早")
        await stores.outbox.settle(parcel, ParcelState.SENT, at=SOON)
        await stores.outbox.bounce("web", parcel.id, at=LATER, reason="别的渠道")
        for _ in range(2):
            await stores.outbox.bounce(LI.channel, parcel.id, at=LATER, reason="用户拒收")

        steps = [(event.step, event.note) for event in await stores.register.history(case)]
        assert steps[1:] == [(Step.DELIVERED, ""), (Step.UNDELIVERED, "用户拒收")]

    async def test_of_who_leaves_only_what_belongs_to_a_case_is_kept(self, outbox: Outbox) -> None:
        for text, reference in (("闲谈", ""), ("咨询的答复", "浚县-2026-000001")):
            await outbox.put(LI, text, at=MONDAY, reference=reference, held=True)
        await outbox.put(WANG, "别人的", at=MONDAY, held=True)
        await outbox.erase(LI)

        assert await outbox.pick_up(message(1), room=ROOM) == PickedUp("咨询的答复", "浚县-2026-000001", more=False)
        assert await outbox.pick_up(message(2, WANG), room=ROOM) == PickedUp("别人的", "", more=False)

    async def test_a_text_is_claimed_as_it_was_put(self, outbox: Outbox) -> None:
        await outbox.put(LI, "您的咨询已答复", at=MONDAY, reference="浚县-2026-000001")

        (parcel,) = await outbox.claim(now=MONDAY)
        assert parcel == Parcel(
            id=parcel.id,
            user=LI,
            text="您的咨询已答复",
            reference="浚县-2026-000001",
            state=ParcelState.SENDING,
            attempts=1,
            created_at=MONDAY,
        )

    async def test_what_is_claimed_is_not_claimed_again(self, outbox: Outbox) -> None:
        await outbox.put(LI, "甲", at=MONDAY)

        assert len(await outbox.claim(now=SOON)) == 1
        assert await outbox.claim(now=SOON) == ()

    async def test_nothing_is_claimed_before_its_time(self, outbox: Outbox) -> None:
        await outbox.put(LI, "甲", at=SOON)

        assert await outbox.claim(now=MONDAY) == ()
        assert len(await outbox.claim(now=SOON)) == 1

    async def test_a_key_is_put_once(self, outbox: Outbox) -> None:
        for text in ("甲", "乙"):
            await outbox.put(LI, text, at=MONDAY, key="web:u1:m1")
        for text in ("丙", "丁"):
            await outbox.put(WANG, text, at=MONDAY)

        assert texts(await outbox.claim(now=SOON)) == ["甲", "丙"]

    async def test_the_oldest_come_first_and_no_more_than_wanted(self, outbox: Outbox) -> None:
        for number in range(5):
            await outbox.put(User("web", f"u{number}"), f"{number}", at=MONDAY)

        assert texts(await outbox.claim(now=SOON, limit=3)) == ["0", "1", "2"]
        assert texts(await outbox.claim(now=SOON, limit=3)) == ["3", "4"]

    async def test_one_user_gets_one_text_at_a_time_and_in_order(self, outbox: Outbox) -> None:
        for user, text in ((LI, "一"), (LI, "二"), (WANG, "甲"), (NAMESAKE, "子"), (LI, "三")):
            await outbox.put(user, text, at=MONDAY)

        first, *others = await outbox.claim(now=SOON)
        assert texts([first, *others]) == ["一", "甲", "子"]
        assert await outbox.claim(now=SOON) == ()
        await outbox.settle(first, ParcelState.SENT, at=SOON)
        (second,) = await outbox.claim(now=SOON)
        assert second.text == "二"

    async def test_a_text_to_be_tried_again_keeps_the_later_ones_waiting(self, outbox: Outbox) -> None:
        for text in ("一", "二"):
            await outbox.put(LI, text, at=MONDAY)
        (first,) = await outbox.claim(now=SOON)
        await outbox.settle(first, ParcelState.DUE, at=SOON, reason="busy", retry_at=LATER)

        assert await outbox.claim(now=SOON) == ()
        (again,) = await outbox.claim(now=LATER)
        assert (again.text, again.attempts) == ("一", 2)

    @pytest.mark.parametrize("end", [ParcelState.SENT, ParcelState.FAILED, ParcelState.HELD, ParcelState.UNCERTAIN])
    async def test_after_any_other_end_the_next_text_may_go(self, outbox: Outbox, end: ParcelState) -> None:
        for text in ("一", "二"):
            await outbox.put(LI, text, at=MONDAY)
        (first,) = await outbox.claim(now=SOON)
        await outbox.settle(first, end, at=SOON)

        assert texts(await outbox.claim(now=SOON)) == ["二"]

    async def test_a_text_left_by_a_process_that_ended_is_in_doubt_and_not_sent_again(
        self, stores: Stores, case: str
    ) -> None:
        await stores.outbox.put(LI, "甲", at=MONDAY, reference=case)
        await stores.outbox.claim(now=MONDAY)

        assert await stores.outbox.claim(now=MONDAY + timedelta(minutes=2)) == ()
        assert len(await stores.register.history(case)) == 1
        assert await stores.outbox.claim(now=MONDAY + timedelta(minutes=2, seconds=1)) == ()
        assert await stores.outbox.claim(now=MONDAY + timedelta(days=1)) == ()
        (_, noted) = await stores.register.history(case)
        assert (noted.step, noted.actor, noted.note) == (Step.IN_DOUBT, "system", LEFT_IN_DOUBT)

    async def test_a_sender_slower_than_its_lease_still_settles(self, stores: Stores, case: str) -> None:
        await stores.outbox.put(LI, "甲", at=MONDAY, reference=case)
        (parcel,) = await stores.outbox.claim(now=MONDAY)
        await stores.outbox.claim(now=LATER)
        await stores.outbox.settle(parcel, ParcelState.SENT, at=LATER)

        assert [event.step for event in await stores.register.history(case)] == [
            Step.OPEN,
            Step.IN_DOUBT,
            Step.DELIVERED,
        ]

    @pytest.mark.parametrize(
        ("end", "step"), [(ParcelState.SENT, Step.DELIVERED), (ParcelState.FAILED, Step.UNDELIVERED)]
    )
    async def test_the_end_is_noted_on_the_case_once(
        self, stores: Stores, case: str, end: ParcelState, step: Step
    ) -> None:
        await stores.outbox.put(LI, "甲", at=MONDAY, reference=case)
        (parcel,) = await stores.outbox.claim(now=SOON)
        for _ in range(2):
            await stores.outbox.settle(parcel, end, at=SOON, reason="45015")

        assert (await stores.register.history(case))[1:] == (Event(at=SOON, actor="system", step=step, note="45015"),)
        assert (await stores.register.get(case)).version == 2

    @pytest.mark.parametrize("end", [ParcelState.HELD, ParcelState.DUE])
    async def test_what_has_not_ended_is_not_noted(self, stores: Stores, case: str, end: ParcelState) -> None:
        await stores.outbox.put(LI, "甲", at=MONDAY, reference=case)
        (parcel,) = await stores.outbox.claim(now=SOON)
        await stores.outbox.settle(parcel, end, at=SOON)

        assert len(await stores.register.history(case)) == 1

    async def test_a_reference_that_is_no_case_is_no_obstacle(self, outbox: Outbox) -> None:
        await outbox.put(LI, "甲", at=MONDAY, reference="浚县-2026-999999")
        (parcel,) = await outbox.claim(now=SOON)

        await outbox.settle(parcel, ParcelState.SENT, at=SOON)
        assert await outbox.claim(now=LATER) == ()

    async def test_held_texts_are_picked_up_together_oldest_first(self, outbox: Outbox) -> None:
        for user, text in ((LI, "一"), (LI, "二"), (WANG, "甲")):
            await outbox.put(user, text, at=MONDAY, held=True)
        assert await outbox.claim(now=LATER) == ()

        picked = [await outbox.pick_up(message(number), room=ROOM) for number in range(2)]
        assert picked == [PickedUp("一\n\n二", "", more=False), None]

    async def test_what_does_not_fit_waits_for_the_next_contact(self, outbox: Outbox) -> None:
        for text in ("一", "二", "三"):
            await outbox.put(LI, text, at=MONDAY, held=True)

        picked = [await outbox.pick_up(message(number), room=8) for number in range(3)]
        assert picked == [PickedUp("一\n\n二", "", more=True), PickedUp("三", "", more=False), None]

    async def test_a_redelivered_message_picks_up_the_same_text(self, outbox: Outbox) -> None:
        for text in ("一", "二", "三"):
            await outbox.put(LI, text, at=MONDAY, held=True)

        picked = [await outbox.pick_up(message(1), room=8) for _ in range(2)]
        assert picked == [PickedUp("一\n\n二", "", more=True)] * 2

    async def test_a_text_longer_than_the_room_is_given_in_parts_before_any_later_one(self, outbox: Outbox) -> None:
        for text in ("第一句。第二句。第三句。", "后面的。"):
            await outbox.put(LI, text, at=MONDAY, held=True)

        picked = [await outbox.pick_up(message(number // 2), room=13) for number in range(8)]
        assert picked[::2] == picked[1::2]
        assert [part and part.text for part in picked[::2]] == ["第一句。", "第二句。", "第三句。", "后面的。"]
        assert [part and part.more for part in picked[::2]] == [True, True, True, False]
        assert await outbox.pick_up(message(9), room=13) is None

    async def test_a_text_given_in_parts_is_delivered_with_its_last(self, stores: Stores, case: str) -> None:
        await stores.outbox.put(LI, "第一句。第二句。", at=MONDAY, reference=case, held=True)
        first = await stores.outbox.pick_up(message(1), room=13)
        assert first == PickedUp("第一句。", "", more=True)
        assert len(await stores.register.history(case)) == 1

        for _ in range(2):
            assert await stores.outbox.pick_up(message(2), room=13) == PickedUp("第二句。", case, more=False)
        assert [event.step for event in await stores.register.history(case)] == [Step.OPEN, Step.DELIVERED]

    async def test_what_is_left_of_a_text_can_be_pushed_too(self, outbox: Outbox) -> None:
        await outbox.put(LI, "第一句。第二句。", at=MONDAY, held=True)
        await outbox.pick_up(message(1), room=13)

        rest = await outbox.claim_for(LI, now=SOON)
        assert rest is not None
        assert rest.text == "第二句。"

    async def test_equal_message_ids_of_two_users_are_two_messages(self, outbox: Outbox) -> None:
        await outbox.put(LI, "一", at=MONDAY, held=True)
        await outbox.put(WANG, "甲", at=MONDAY, held=True)

        picked = [await outbox.pick_up(message(1, user), room=ROOM) for user in (LI, WANG)]
        assert [parcel and parcel.text for parcel in picked] == ["一", "甲"]

    async def test_two_messages_at_once_never_pick_up_one_text_twice(self, outbox: Outbox) -> None:
        for number in range(5):
            await outbox.put(LI, f"{number}", at=MONDAY, held=True)

        picked = await asyncio.gather(*(outbox.pick_up(message(number // 2), room=1) for number in range(8)))
        assert sorted({part.text for part in picked if part}) == ["0", "1", "2", "3"]
        assert [part and part.text for part in picked[::2]] == [part and part.text for part in picked[1::2]]

    async def test_a_pick_up_is_noted_on_the_case_once(self, stores: Stores, case: str) -> None:
        await stores.outbox.put(LI, "甲", at=MONDAY, reference=case, held=True)
        for _ in range(2):
            await stores.outbox.pick_up(message(1), room=ROOM)

        assert (await stores.register.history(case))[1:] == (Event(at=SOON, actor="system", step=Step.DELIVERED),)

    async def test_any_characters_a_citizen_can_send_are_taken(self, outbox: Outbox) -> None:
        strange = User("web", "a\0b\ud800")
        await outbox.put(strange, "答\0\ud800", at=MONDAY, held=True, key="k\0")

        picked = await outbox.pick_up(Message(id="m\0\ud800", user=strange, text="", received_at=SOON), room=ROOM)
        assert picked is not None
        assert picked.text.startswith("答")

    async def test_who_can_reach_a_user_takes_what_waits_for_them_in_its_order(self, outbox: Outbox) -> None:
        await outbox.put(LI, "一", at=MONDAY, held=True)
        await outbox.put(WANG, "甲", at=MONDAY, held=True)
        await outbox.put(LI, "二", at=MONDAY)
        await outbox.put(LI, "三", at=LATER)

        first = await outbox.claim_for(LI, now=SOON)
        assert first is not None
        assert (first.text, first.state, first.attempts) == ("一", ParcelState.SENDING, 1)
        assert await outbox.claim_for(LI, now=SOON) is None
        assert await outbox.claim(now=SOON) == ()
        await outbox.settle(first, ParcelState.SENT, at=SOON)

        second = await outbox.claim_for(LI, now=SOON)
        assert second is not None
        assert second.text == "二"
        await outbox.settle(second, ParcelState.SENT, at=SOON)
        assert await outbox.claim_for(LI, now=SOON) is None
        assert await outbox.claim_for(User("web", "nobody"), now=SOON) is None

    async def test_for_whom_a_text_was_held_lately_is_known(self, outbox: Outbox) -> None:
        web, silent = User("web", "w1"), User("web", "w2")
        for user in (LI, web, silent):
            await outbox.put(user, "一", at=MONDAY)
        for parcel in await outbox.claim(now=SOON):
            state = ParcelState.SENT if parcel.user == silent else ParcelState.HELD
            await outbox.settle(parcel, state, at=SOON)

        assert list(await outbox.held_for("web", since=SOON)) == [web]

    async def test_of_two_that_can_reach_a_user_one_takes_the_text(self, outbox: Outbox) -> None:
        await outbox.put(LI, "一", at=MONDAY, held=True)
        taken = await asyncio.gather(*(outbox.claim_for(LI, now=SOON) for _ in range(5)))
        assert [parcel.text for parcel in taken if parcel] == ["一"]


async def test_in_memory_only_so_many_keys_are_remembered() -> None:
    tables = MemoryTables()
    outbox = MemoryOutbox(tables, room=3)
    for number in range(6):
        await outbox.put(LI, f"{number}", at=MONDAY, held=True, key=f"{number}")
    for number in range(5):
        await outbox.pick_up(message(number), room=1)

    assert (len(outbox._keys), len(outbox._picked)) == (3, 3)
    assert [len(shelves) for shelves in tables.parcels.values()] == [1]
    await outbox.pick_up(message(5), room=ROOM)
    assert tables.parcels == {}


async def test_many_processes_claim_each_text_once_and_keep_the_order(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(3)]
    outboxes = [SqlOutbox(database, PlainVault()) for database in databases]
    for number in range(24):
        await outboxes[0].put(User("web", f"u{number % 4}"), f"{number}", at=MONDAY)
    sent: list[Parcel] = []

    async def deliver(outbox: SqlOutbox) -> None:
        while len(sent) < 24:
            parcels = await outbox.claim(now=SOON, limit=2)
            assert len({parcel.user for parcel in parcels}) == len(parcels)
            for parcel in parcels:
                sent.append(replace(parcel, state=ParcelState.SENT))
                await outbox.settle(parcel, ParcelState.SENT, at=SOON)
            await asyncio.sleep(0)

    await asyncio.gather(*(deliver(outbox) for outbox in outboxes))
    assert sorted(int(parcel.text) for parcel in sent) == list(range(24))
    for number in range(4):
        of_one = [int(parcel.text) for parcel in sent if parcel.user.id == f"u{number}"]
        assert of_one == sorted(of_one)
    for database in databases:
        await database.aclose()


async def test_two_processes_give_one_message_one_text(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(2)]
    outboxes = [SqlOutbox(database, PlainVault()) for database in databases]
    for number in range(20):
        await outboxes[0].put(LI, f"{number}", at=MONDAY, held=True)
    for number in range(10):
        one, other = await asyncio.gather(*(outbox.pick_up(message(number), room=2) for outbox in outboxes))
        assert one is not None
        assert other is not None
        assert (one.text, other.text) == (f"{number}", f"{number}")
    for database in databases:
        await database.aclose()


async def kept(database: Database) -> list[tuple[str, bytes | None]]:
    async with database.read() as connection:
        rows = await connection.execute(select(outbox_table).order_by(outbox_table.c.id))
        return [(row.text, row.sealed) for row in rows]


@pytest.mark.parametrize("end", [ParcelState.SENT, ParcelState.FAILED, ParcelState.UNCERTAIN])
async def test_nothing_is_left_of_a_text_that_came_to_an_end(database: Database, end: ParcelState) -> None:
    outbox = SqlOutbox(database, PlainVault())
    await outbox.put(LI, "张三：您的申请", at=MONDAY)
    (parcel,) = await outbox.claim(now=SOON)
    await outbox.settle(parcel, end, at=SOON)

    assert await kept(database) == [("", None)]


async def test_nothing_is_left_of_a_text_whose_sender_ended(database: Database) -> None:
    outbox = SqlOutbox(database, PlainVault())
    await outbox.put(LI, "张三：您的申请", at=MONDAY)
    await outbox.claim(now=MONDAY)
    await outbox.claim(now=LATER)

    assert await kept(database) == [("", None)]


async def test_a_text_that_waits_can_not_be_read_from_the_database(database: Database) -> None:
    outbox = SqlOutbox(database, PlainVault())
    await outbox.put(LI, "张三：您的申请。13800000000。", at=MONDAY, held=True)
    await outbox.pick_up(message(1), room=24)

    for text, sealed in await kept(database):
        assert text == ""
        assert sealed is not None
        assert "张三".encode() not in sealed
        assert b"138" not in sealed


async def test_what_was_picked_up_is_forgotten_when_no_redelivery_will_ask_for_it(stores: Stores) -> None:
    await stores.outbox.put(LI, "张三：您的申请", at=MONDAY, held=True)
    given = await stores.outbox.pick_up(message(1), room=ROOM)
    await stores.outbox.forget(before=SOON)
    assert await stores.outbox.pick_up(message(1), room=ROOM) == given

    await stores.outbox.forget(before=LATER)
    again = await stores.outbox.pick_up(message(1), room=ROOM)
    assert again is None or again.text == ""


async def test_a_text_whose_key_is_lost_holds_up_no_other(database: Database) -> None:
    await SqlOutbox(database, PlainVault()).put(LI, "甲", at=MONDAY, held=True)
    await SqlOutbox(database, PlainVault()).put(WANG, "甲", at=MONDAY)
    vault = KeyVault(Keyring({"k": KEY}, KEY), os.urandom)
    outbox = SqlOutbox(database, vault)
    await outbox.put(LI, "乙", at=MONDAY, held=True)
    await outbox.put(NAMESAKE, "乙", at=MONDAY)

    assert await outbox.pick_up(message(1), room=ROOM) == PickedUp("乙", "", more=False)
    assert texts(await outbox.claim(now=SOON)) == ["乙"]


async def test_a_text_moved_into_the_row_of_another_does_not_open(database: Database) -> None:
    outbox = SqlOutbox(database, PlainVault())
    await outbox.put(LI, "给李的", at=MONDAY, held=True)
    await outbox.put(WANG, "给王的", at=MONDAY, held=True)
    (_, of_li), (_, of_wang) = await kept(database)
    async with database.begin() as connection:
        for user, sealed in ((LI, of_wang), (WANG, of_li)):
            await connection.execute(
                update(outbox_table).where(outbox_table.c.user_id == user.id).values(sealed=sealed)
            )

    assert await outbox.pick_up(message(1), room=ROOM) is None


async def test_a_text_put_before_texts_were_sealed_is_still_delivered(database: Database) -> None:
    outbox = SqlOutbox(database, PlainVault())
    await outbox.put(LI, "甲", at=MONDAY)
    async with database.begin() as connection:
        await connection.execute(update(outbox_table).values(text="从前的", sealed=None))

    assert texts(await outbox.claim(now=SOON)) == ["从前的"]
