from datetime import UTC, datetime

import pytest

from bot.types import FRESH, Conversation, Reply, State, User
from handlers import texts
from tests.handlers.bench import Bench

NUMBER = "浚县-2026-000001"
TRACKING = Conversation(State.TRACKING, choices=(NUMBER,))


@pytest.fixture
async def registered(bench: Bench) -> Bench:
    await bench.inquire()
    return bench


def is_told(reply: Reply) -> bool:
    return reply.reference == NUMBER and "办理状态" in reply.text


@pytest.mark.parametrize(
    "text",
    [
        "查询 浚县-2026-000001 ABCD2345",
        "查询浚县-2026-000001 ABCD2345",
        "查询浚县-2026-000001ABCD2345",
        "  查询浚县-2026-000001\nABCD2345",
        "查询：浚县-2026-000001，ABCD2345。",
        "查询　浚县－２０２６－０００００１　ＡＢＣＤ２３４５",
        "查询 浚县—2026—000001 abcd2345",
        "查询进度浚县-2026-000001 abcd2345",
        "查进度 浚县-2026-000001 ABCD2345",
        "查询 ABCD2345 浚县-2026-000001",
        "浚县-2026-000001 ABCD2345",
        "浚县-2026-000001，abcd2345",
        "浚县 - 2026 - 000001 ABCD2345",
        "ABCD2345浚县-2026-000001",
        "编号浚县-2026-000001 查询码ABCD2345",
        "编号：浚县-2026-000001\n查询码：ABCD2345",
        "请帮我查询浚县-2026-000001，查询码是ABCD2345",
        "查询浚县2026000001 ABCD2345",
        "查询 浚县 2026 000001 ABCD2345",
    ],
)
async def test_number_and_code_are_understood_as_people_type_them(registered: Bench, text: str) -> None:
    reply = await registered.say(text)

    assert is_told(reply)
    assert (reply.status, reply.conversation) == ("redirected_case_query", FRESH)


@pytest.mark.parametrize("code_of", [2, 3, 4])
async def test_codes_that_begin_with_digits_are_told_from_the_number(bench: Bench, code_of: int) -> None:
    for number in range(code_of):
        case = await bench.register.get((await bench.inquire(f"低保{number}")).reference)

    assert (await bench.say(f"查询{case.reference}{case.code}")).reference == case.reference
    assert (await bench.say(f"{case.code}{case.reference}")).reference == case.reference


async def test_a_code_of_other_office_words_is_left_to_the_register(registered: Bench) -> None:
    assert (await registered.say("滑县-2026-000001 ABCD2345")).text == texts.UNKNOWN_CASE


@pytest.mark.parametrize("text", ["查询", "查询 ", "查询进度", "办理进度", "查进度", "查询 ABCD2345", "查询：123"])
async def test_without_a_number_it_is_asked_for_with_an_example(registered: Bench, text: str) -> None:
    reply = await registered.say(text)

    assert reply.text == "请发送编号和查询码，中间用空格隔开，例如：查询 浚县-2026-000123 ABCD2345"
    assert reply.conversation == FRESH


@pytest.mark.parametrize("text", ["查询低保标准是多少", "查询2026年低保标准", "查询进度在哪里看", "怎么查询社保"])
async def test_a_question_about_looking_up_is_a_question(registered: Bench, text: str) -> None:
    await registered.say(text)

    assert registered.retriever.asked[-1] == text


@pytest.mark.parametrize("text", ["查询 浚县-2026-000001", "浚县-2026-000001", "查询浚县2026000001"])
async def test_without_a_code_it_is_asked_for(registered: Bench, text: str) -> None:
    reply = await registered.say(text)

    assert (reply.text, reply.conversation) == (texts.ASK_CODE, TRACKING)


@pytest.mark.parametrize("text", ["ABCD2345", "abcd2345。", "查询码ABCD2345", "ＡＢＣＤ２３４５"])
async def test_the_code_alone_follows_the_number(registered: Bench, text: str) -> None:
    await registered.say(NUMBER)

    assert is_told(await registered.say(text))


@pytest.mark.parametrize("text", ["ABCD234", "2", "ABCD 2345 XX"])
async def test_what_looks_like_a_try_at_the_code_is_asked_for_again(registered: Bench, text: str) -> None:
    await registered.say(NUMBER)
    reply = await registered.say(text)

    assert (reply.text, reply.conversation) == (texts.ASK_CODE, TRACKING)


async def test_the_next_question_is_not_taken_for_a_code(registered: Bench) -> None:
    await registered.say(NUMBER)

    assert (await registered.say("2026年低保标准是多少")).status == "escalated_no_match"


async def test_another_number_takes_the_place_of_the_first(registered: Bench) -> None:
    await registered.say("浚县-2026-000009")

    assert is_told(await registered.say(f"查询 {NUMBER} ABCD2345"))


async def test_a_wrong_code_and_an_unknown_number_are_told_the_same(registered: Bench) -> None:
    wrong = await registered.say(f"查询 {NUMBER} WXYZ2345")
    unknown = await registered.say("查询 浚县-2026-000777 ABCD2345")

    assert (wrong.text, wrong.status, wrong.reference) == (unknown.text, unknown.status, unknown.reference)
    assert wrong.conversation.state is unknown.conversation.state is State.TRACKING
    assert wrong.text == texts.UNKNOWN_CASE


async def test_a_mistyped_code_can_be_sent_again_alone(registered: Bench) -> None:
    await registered.say(f"查询 {NUMBER} ABCD2346")

    assert is_told(await registered.say("ABCD2345"))
    assert [gap.question for gap in await registered.gaps()] == ["低保怎么申请"]


async def test_after_too_many_wrong_codes_the_right_one_is_told_the_same(registered: Bench) -> None:
    for _ in range(10):
        await registered.say(f"查询 {NUMBER} WXYZ2345")

    assert (await registered.say(f"查询 {NUMBER} ABCD2345")).text == texts.UNKNOWN_CASE
    other = await registered.say(f"查询 {NUMBER} ABCD2345", user=User("wechat/main", "boris"))
    assert is_told(other)


# what is told


async def test_an_open_case_is_told_with_its_day(registered: Bench) -> None:
    reply = await registered.say(f"查询 {NUMBER} ABCD2345")

    assert reply.text == "编号：浚县-2026-000001\n登记时间：2026-03-02\n办理状态：待处理\n预计答复：2026年3月9日前"


async def test_an_answered_case_is_told_with_the_latest_answer(registered: Bench) -> None:
    await registered.desk.answer(NUMBER, "第一次答复", by="officer", version=1)
    await registered.desk.answer(NUMBER, "更正后的答复", by="officer", version=2)

    reply = await registered.say(f"查询 {NUMBER} ABCD2345")

    assert reply.text.endswith("办理状态：已答复\n答复内容：\n更正后的答复")


async def test_a_reopened_case_is_told_with_its_answer_and_its_day(registered: Bench) -> None:
    await registered.desk.answer(NUMBER, "答复", by="officer", version=1)
    await registered.desk.close(NUMBER, "", by="officer", version=2)
    await registered.desk.reopen(NUMBER, "再查", by="officer", version=3)

    text = (await registered.say(f"查询 {NUMBER} ABCD2345")).text

    assert "办理状态：待处理\n预计答复：2026年3月9日前\n答复内容：\n答复" in text
    assert "再查" not in text


async def test_the_day_of_receipt_is_the_civil_day(bench: Bench) -> None:
    bench.clock.at = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
    await bench.inquire()

    assert "登记时间：2026-03-02" in (await bench.say(f"查询 {NUMBER} ABCD2345")).text
