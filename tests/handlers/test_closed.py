import pytest

from bot.switches import Switching
from bot.types import Conversation, MessageKind, State, User
from knowledge.types import Band
from tests.fakes import MONDAY, a_document, a_hit
from tests.handlers.bench import ANNA, Bench

NOTICE = "在线问答暂停服务。"
NUMBER = "浚县-2026-000001"


async def switch(bench: Bench, *, off: bool = True) -> None:
    await bench.switchboard.turn(Switching(ANNA.channel, "答复有误", NOTICE, "chen", MONDAY, off=off))


@pytest.mark.parametrize("text", ["低保怎么申请", "人工", "帮助", "1", "继续", "取消", "我要申请公开信息"])
async def test_every_message_on_a_channel_that_is_off_gets_the_notice_and_nothing_is_stored(
    bench: Bench, text: str
) -> None:
    bench.retriever.knows("低保怎么申请", Band.ANSWER, a_hit(a_document("低保办法")))
    await switch(bench)

    reply = await bench.say(text)

    assert (reply.text, reply.status) == (NOTICE, "refused_closed")
    assert bench.retriever.asked == []
    assert await bench.answers.recent() == ()
    assert await bench.gaps() == ()


@pytest.mark.parametrize("kind", [MessageKind.IMAGE, MessageKind.VOICE, MessageKind.SUBSCRIBE, MessageKind.CLICK])
async def test_whatever_is_sent_gets_the_notice(bench: Bench, kind: MessageKind) -> None:
    await switch(bench)
    assert (await bench.say("", kind=kind)).text == NOTICE


async def test_a_case_can_still_be_tracked_in_one_message_and_in_two(bench: Bench) -> None:
    await bench.inquire()
    await switch(bench)

    assert (await bench.say(f"查询 {NUMBER} ABCD2345")).reference == NUMBER
    await bench.say(f"查询 {NUMBER}")
    assert (await bench.say("ABCD2345")).reference == NUMBER


async def test_who_leaves_is_forgotten_all_the_same(bench: Bench) -> None:
    await switch(bench)
    assert (await bench.say("", kind=MessageKind.UNSUBSCRIBE)).silent


async def test_the_talk_goes_on_where_it_stood_once_the_channel_answers_again(bench: Bench) -> None:
    standing = Conversation(State.WRITING, question="低保怎么申请")
    bench.conversation = standing
    await switch(bench)
    await bench.say("请问补贴")
    assert bench.conversation == standing

    await switch(bench, off=False)
    assert (await bench.say("帮助")).text != NOTICE


async def test_other_channels_answer_on(bench: Bench) -> None:
    await switch(bench)
    assert (await bench.say("低保怎么申请", user=User("web", "bo"))).text != NOTICE
