from bot.types import FRESH, Conversation, Message, MessageKind, State
from tests.fakes import MONDAY
from tests.handlers.bench import ANNA, Bench


async def test_a_follower_who_leaves_is_not_answered_and_forgotten(bench: Bench) -> None:
    bench.conversation = Conversation(State.OFFERED, "低保")
    reply = await bench.say("", kind=MessageKind.UNSUBSCRIBE)

    assert reply.silent
    assert reply.conversation == FRESH


async def test_what_waited_for_a_follower_who_leaves_goes_but_for_answers_to_inquiries(bench: Bench) -> None:
    await bench.outbox.put(ANNA, "迟到的回复", at=MONDAY, held=True)
    await bench.outbox.put(ANNA, "咨询的答复", at=MONDAY, held=True, reference="浚县-2026-000001")
    await bench.say("", kind=MessageKind.UNSUBSCRIBE)

    kept = await bench.outbox.pick_up(Message("m9", ANNA, "你好", MONDAY), room=2048)
    assert kept is not None
    assert kept.text == "咨询的答复"
