import pytest

from bot.types import FRESH, State
from handlers import texts
from knowledge.types import Band
from tests.fakes import a_document, a_hit
from tests.handlers.bench import Bench


@pytest.fixture
async def answered(bench: Bench) -> Bench:
    bench.retriever.knows("低保", Band.ANSWER, a_hit(a_document("低保办法")))
    await bench.say("低保")
    return bench


@pytest.mark.parametrize("text", ["1", "已解决", "解决了。", "有用"])
async def test_a_solved_question_is_noted_and_ends(answered: Bench, text: str) -> None:
    reply = await answered.say(text)

    assert (reply.text, reply.status, reply.conversation) == (texts.GLAD, "social_thanks", FRESH)
    assert answered.answers.judged == [("a1", True)]
    assert await answered.gaps() == ()


@pytest.mark.parametrize("text", ["2", "未解决", "没有解决", "没用！"])
async def test_an_unsolved_question_is_noted_counted_and_offered_a_person(answered: Bench, text: str) -> None:
    reply = await answered.say(text)

    assert reply.status == "escalated_by_user"
    assert reply.text.startswith("抱歉没有解决您的问题。\n")
    assert reply.conversation.state is State.OFFERED
    assert reply.conversation.question == "低保"
    assert answered.answers.judged == [("a1", False)]
    (gap,) = await answered.gaps()
    assert gap.near_misses.startswith("《低保办法》")


@pytest.mark.parametrize("text", ["0", "转人工"])
async def test_a_person_takes_the_question_that_was_answered(answered: Bench, text: str) -> None:
    reply = await answered.say(text)

    assert reply.status == "escalated_inquiry"
    assert (await answered.register.get(reply.reference)).question == "低保"


async def test_the_judgement_is_taken_once(answered: Bench) -> None:
    await answered.say("1")

    assert (await answered.say("1")).text == texts.NOTHING_TO_CHOOSE
    assert len(answered.answers.judged) == 1
