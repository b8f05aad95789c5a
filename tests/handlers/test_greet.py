from dataclasses import replace

import pytest

from bot.types import FRESH, Conversation, MessageKind, State
from handlers import texts
from knowledge.types import Band
from tests.fakes import a_document, a_hit
from tests.handlers.bench import ANNA, OFFICE, Bench


@pytest.mark.parametrize("kind", [MessageKind.SUBSCRIBE, MessageKind.SCAN])
async def test_a_new_follower_is_welcomed_and_told_what_the_account_can_do(bench: Bench, kind: MessageKind) -> None:
    reply = await bench.say("", kind=kind)

    assert reply.status == "social_greeting"
    assert reply.text.startswith("您好，这里是浚县人民政府办公室政策问答。")
    for word in ("转人工", "取消", "浚县-2026-000123", "0392-5550000", "身份证号"):
        assert word in reply.text


async def test_an_account_has_its_own_words_of_welcome() -> None:
    bench = Bench()
    bench.handlers = replace(bench.handlers, greet=replace(bench.handlers.greet, greetings={ANNA.channel: "欢迎。"}))

    assert (await bench.say("", kind=MessageKind.SUBSCRIBE)).text == "欢迎。"
    assert (await bench.say("帮助")).text == texts.how_to(OFFICE)


async def test_a_code_for_a_matter_is_answered_at_once(bench: Bench) -> None:
    bench.retriever.knows("高龄津贴", Band.ANSWER, a_hit(a_document("高龄津贴办法"), "八十周岁以上可以申领。"))

    new = await bench.say("高龄津贴", kind=MessageKind.SUBSCRIBE)
    known = await bench.say("高龄津贴", kind=MessageKind.SCAN)

    assert new.text == f"{texts.welcome(OFFICE)}\n\n{known.text}"
    assert "八十周岁以上可以申领。" in known.text
    assert known.conversation.state is State.ANSWERED


@pytest.mark.parametrize("scene", ["", "123", "没有人知道的事"])
async def test_a_code_for_nothing_known_greets_and_leaves_no_gap(bench: Bench, scene: str) -> None:
    reply = await bench.say(scene, kind=MessageKind.SUBSCRIBE)

    assert reply.text == texts.greeting(OFFICE)
    assert await bench.gaps() == ()


@pytest.mark.parametrize("text", ["帮助", "HELP", "？", "你好", "您好！", "在吗", "菜单", ""])
async def test_whoever_asks_for_help_is_told_what_the_account_can_do(bench: Bench, text: str) -> None:
    reply = await bench.say(text)

    assert (reply.text, reply.status) == (texts.how_to(OFFICE), "social_help")


def test_an_office_without_a_hotline_names_none() -> None:
    assert "电话" not in texts.how_to(replace(OFFICE, hotline=""))


@pytest.mark.parametrize("text", ["谢谢", "谢谢您！", "辛苦了"])
async def test_thanks_are_returned_and_end_the_talk(bench: Bench, text: str) -> None:
    bench.conversation = Conversation(State.OFFERED, "低保")
    reply = await bench.say(text)

    assert (reply.text, reply.status, reply.conversation) == (texts.THANKED, "social_thanks", FRESH)


@pytest.mark.parametrize("text", ["好的", "知道了。", "OK", "嗯嗯"[:1]])
async def test_a_nod_is_no_question_and_changes_nothing(bench: Bench, text: str) -> None:
    bench.conversation = Conversation(State.ANSWERED, "低保")
    reply = await bench.say(text)

    assert (reply.text, reply.conversation) == (texts.AGREED, bench.conversation)
    assert bench.retriever.asked == []


@pytest.mark.parametrize(
    "kind",
    [
        MessageKind.IMAGE,
        MessageKind.VOICE,
        MessageKind.VIDEO,
        MessageKind.LOCATION,
        MessageKind.LINK,
        MessageKind.UNKNOWN,
    ],
)
async def test_what_is_not_text_is_answered_politely_and_changes_nothing(bench: Bench, kind: MessageKind) -> None:
    asked = bench.conversation = Conversation(State.CHOOSING, "低保", choices=("a#0",))
    reply = await bench.say("", kind=kind)

    said = texts.UNREADABLE.get(kind, texts.TEXT_PLEASE)
    assert (reply.text, reply.status, reply.conversation) == (said, "social_unreadable", asked)


@pytest.mark.parametrize("state", State)
async def test_the_word_to_go_on_gives_way_to_what_is_kept_and_changes_nothing(bench: Bench, state: State) -> None:
    asked = bench.conversation = Conversation(state, "低保", choices=("浚县-2026-000001",))
    reply = await bench.say("继续")

    assert reply.yields
    assert (reply.text, reply.conversation) == (texts.NOTHING_WAITING, asked)


@pytest.mark.parametrize("text", ["取消", "退出", "算了。", "重新开始", "不用了", "Cancel"])
@pytest.mark.parametrize("state", State)
async def test_a_cancel_word_starts_afresh_in_every_state(bench: Bench, state: State, text: str) -> None:
    bench.conversation = Conversation(state, "低保", choices=("浚县-2026-000001",), answer="a1")
    reply = await bench.say(text)

    assert (reply.text, reply.status, reply.conversation) == (texts.CANCELLED, "social_cancelled", FRESH)
