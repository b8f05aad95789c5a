import pytest

from bot.types import State
from handlers import texts
from knowledge.types import Band
from tests.fakes import a_document, a_hit
from tests.handlers.bench import Bench

FIRST, SECOND = a_hit(a_document("第一份"), "甲。"), a_hit(a_document("第二份"), "乙。")


@pytest.fixture
async def asked(bench: Bench) -> Bench:
    bench.retriever.knows("低保", Band.CONFIRM, FIRST, SECOND)
    await bench.say("低保")
    return bench


@pytest.mark.parametrize("text", ["2", "２", "②", " 2 ", "2.", "2、", "2。", "02"])
async def test_the_number_of_a_candidate_answers_from_it(asked: Bench, text: str) -> None:
    reply = await asked.say(text)

    assert (reply.text, reply.status) == ("乙。", "answered_chosen")
    assert reply.conversation.state is State.ANSWERED
    assert reply.conversation.question == "低保"


@pytest.mark.parametrize("text", ["3", "99", "00"])
async def test_another_number_asks_again(asked: Bench, text: str) -> None:
    reply = await asked.say(text)

    assert (reply.text, reply.status) == (texts.CHOOSE_AGAIN, "confirm_again")
    assert (await asked.say("1")).text == "甲。"


@pytest.mark.parametrize("text", ["0", "都不是", "都不是。", "都不对", "０"])
async def test_none_of_them_counts_a_gap_and_offers_the_ways_on(asked: Bench, text: str) -> None:
    reply = await asked.say(text)

    assert reply.status == "escalated_by_user"
    assert reply.options == (texts.INQUIRE, texts.REQUEST)
    assert reply.conversation.state is State.OFFERED
    assert [(gap.question, gap.times) for gap in await asked.gaps()] == [("低保", 1)]


async def test_a_new_question_needs_no_choice(asked: Bench) -> None:
    assert (await asked.say("养老金")).status == "escalated_no_match"


async def test_a_candidate_that_vanished_in_a_reload_gives_the_new_candidates(asked: Bench) -> None:
    third = a_hit(a_document("第三份"), "丙。")
    asked.retriever.knows("低保", Band.ANSWER, third)

    reply = await asked.say("2")

    assert reply.status == "confirm_candidates"
    assert reply.conversation.choices == ("第三份#0",)
    assert (await asked.say("1")).text == "丙。"


async def test_when_a_reload_left_nothing_it_is_said_honestly(asked: Bench) -> None:
    asked.retriever.knows("低保", Band.ESCALATE)

    assert (await asked.say("2")).status == "escalated_no_match"
