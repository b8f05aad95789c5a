from dataclasses import replace

import pytest

from bot.types import FRESH, Conversation, State, User
from handlers import texts
from handlers.escalate import receipt
from knowledge.types import Band
from register.types import CaseKind
from tests.fakes import a_document, a_hit
from tests.handlers.bench import ANNA, Bench


async def test_an_inquiry_gets_a_number_a_code_and_a_day(bench: Bench) -> None:
    reply = await bench.inquire()

    assert reply.text == (
        "您的咨询已登记。\n编号：浚县-2026-000001\n查询码：ABCD2345\n预计 2026年3月9日 前答复。\n"
        "答复会发到这里；也可随时回复“查询 浚县-2026-000001 ABCD2345”查看。请妥善保存查询码。"
    )
    assert (reply.status, reply.reference) == ("escalated_inquiry", "浚县-2026-000001")
    assert reply.conversation == FRESH


async def test_the_case_holds_the_question_the_way_back_and_the_bots_own_search(bench: Bench) -> None:
    bench.retriever.knows("低保怎么申请", Band.ESCALATE, a_hit(a_document("低保办法"), score=1.0))
    reply = await bench.inquire()

    case = await bench.register.get(reply.reference)

    assert (case.kind, case.question, case.department) == (CaseKind.INQUIRY, "低保怎么申请", "县民政局")
    assert (case.channel, case.user) == (ANNA.channel, ANNA.id)
    assert case.evidence == "《低保办法》（县民政局，2025-06-01）  得分 1.00".strip()


@pytest.mark.parametrize("text", ["1", "留言咨询", "咨询。", "留言", "转人工", "0"])
async def test_an_offer_is_taken_by_number_by_name_or_by_asking_for_a_person(bench: Bench, text: str) -> None:
    await bench.say("低保怎么申请")

    assert (await bench.say(text)).status == "escalated_inquiry"


@pytest.mark.parametrize("text", ["2", "正式申请", "依申请公开"])
async def test_the_way_to_a_formal_request_is_told_and_the_offer_stands(bench: Bench, text: str) -> None:
    await bench.say("低保怎么申请")
    reply = await bench.say(text)

    assert (reply.status, reply.options) == ("redirected_request", (texts.INQUIRE,))
    assert "二十个工作日" in reply.text
    assert (await bench.say("1")).status == "escalated_inquiry"


async def test_one_tap_opens_one_inquiry(bench: Bench) -> None:
    await bench.inquire()

    assert (await bench.say("1")).text == texts.NOTHING_TO_CHOOSE


# 转人工


@pytest.mark.parametrize("text", ["转人工", "人工客服", "找人工", "留言咨询"])
async def test_who_asks_for_a_person_without_a_question_is_asked_for_one(bench: Bench, text: str) -> None:
    reply = await bench.say(text)

    assert (reply.text, reply.conversation.state) == (texts.WRITE_QUESTION, State.WRITING)


async def test_the_question_written_for_a_person_is_registered_without_a_search_first(bench: Bench) -> None:
    await bench.say("转人工")
    reply = await bench.say("  我家的低保为什么停了？\n")

    assert reply.status == "escalated_inquiry"
    assert (await bench.register.get(reply.reference)).question == "我家的低保为什么停了？"
    assert await bench.gaps() == ()


@pytest.mark.parametrize("text", ["你好", "在吗", "？", "1", "转人工"])
async def test_a_greeting_is_not_registered_as_a_question(bench: Bench, text: str) -> None:
    await bench.say("转人工")
    reply = await bench.say(text)

    assert (reply.text, reply.conversation.state) == (texts.WRITE_QUESTION, State.WRITING)


async def test_numbers_that_name_a_person_are_not_kept_with_what_is_written_for_a_person(bench: Bench) -> None:
    await bench.say("转人工")
    reply = await bench.say("我叫张三，身份证号11010519491231002X，我的低保为什么停了？")

    assert (await bench.register.get(reply.reference)).question == "我叫张三，身份证号＊＊＊，我的低保为什么停了？"


@pytest.mark.parametrize("platform", ["web", "wechat/main", "wecom/hall", "kf/desk", "weibo/news"])
@pytest.mark.parametrize("words", [("{asked}", "1"), ("{asked}", "转人工"), ("转人工", "{asked}")])
async def test_no_inquiry_keeps_a_number_in_clear(bench: Bench, platform: str, words: tuple[str, ...]) -> None:
    bench.citizen = User(platform, "u1")
    for word in words:
        reply = await bench.say(word.format(asked="我叫张三，电话 5550001，手机138 1234 5678，低保为什么停了"))

    kept = "我叫张三，电话 ＊＊＊，手机＊＊＊，低保为什么停了"
    assert (await bench.register.get(reply.reference)).question == kept
    assert {gap.question for gap in await bench.gaps()} <= {kept}


async def test_what_stood_in_a_form_that_was_left_is_given_to_the_person_without_numbers(bench: Bench) -> None:
    bench.conversation = Conversation(State.ANSWERED, "张三11010519491231002X的低保")
    reply = await bench.say("转人工")

    assert (await bench.register.get(reply.reference)).question == "张三＊＊＊的低保"


async def test_thanks_are_not_registered_as_a_question(bench: Bench) -> None:
    await bench.say("转人工")

    assert (await bench.say("谢谢")).conversation == FRESH


async def test_the_question_at_hand_is_given_to_the_person(bench: Bench) -> None:
    bench.retriever.knows("低保", Band.CONFIRM, a_hit(a_document("低保办法")))
    await bench.say("低保")
    reply = await bench.say("转人工")

    assert (await bench.register.get(reply.reference)).question == "低保"


# redelivery after the conversation was lost


@pytest.mark.parametrize("text", ["1", "0", "转人工", "留言咨询"])
async def test_a_redelivered_word_after_a_lost_conversation_gives_the_same_receipt(bench: Bench, text: str) -> None:
    await bench.say("低保怎么申请")
    first = await bench.say(text, message_id="same")
    bench.conversation = FRESH

    again = await bench.say(text, message_id="same")

    assert again == first


async def test_a_redelivery_before_the_conversation_was_saved_opens_no_second_case(bench: Bench) -> None:
    await bench.say("低保怎么申请")
    offered = bench.conversation
    first = await bench.say("1", message_id="same")
    bench.conversation = offered

    assert (await bench.say("1", message_id="same")).reference == first.reference


# confirmed again, because the process ended between the case and the receipt


@pytest.mark.parametrize(("text", "again"), [("1", "1"), ("1", "转人工"), ("转人工", "留言咨询")])
async def test_an_offer_taken_again_by_another_message_gives_the_same_receipt(
    bench: Bench, text: str, again: str
) -> None:
    await bench.say("低保怎么申请")
    offered = bench.conversation
    first = await bench.say(text)
    bench.conversation = offered

    assert await bench.say(again) == first


async def test_the_same_question_asked_anew_is_another_offer(bench: Bench) -> None:
    first = await bench.inquire()

    assert (await bench.inquire()).reference != first.reference


async def test_a_question_written_again_for_a_person_is_one_case_and_another_question_a_second(bench: Bench) -> None:
    await bench.say("转人工")
    writing = bench.conversation
    replies = []
    for question in ("我家的低保为什么停了？", "我家的低保为什么停了？", "公租房怎么申请？"):
        bench.conversation = writing
        replies.append(await bench.say(question))

    assert replies[0] == replies[1]
    assert replies[0].reference != replies[2].reference


async def test_who_asks_for_a_person_twice_may_write_the_same_question_twice(bench: Bench) -> None:
    references = set()
    for _ in range(2):
        await bench.say("转人工")
        references.add((await bench.say("我家的低保为什么停了？")).reference)

    assert len(references) == 2


@pytest.mark.parametrize("text", ["1", "2", "0", "12", "３"])
async def test_a_number_with_nothing_to_choose_says_so(bench: Bench, text: str) -> None:
    reply = await bench.say(text)

    assert (reply.text, reply.status) == (texts.NOTHING_TO_CHOOSE, "social_unclear")


async def test_a_provisional_day_says_on_what_it_waits(bench: Bench) -> None:
    case = await bench.register.get((await bench.inquire()).reference)

    text = receipt(replace(case, provisional=True)).text

    assert "2026年3月9日（预计，待下一年度放假安排公布后确定）" in text
