import pytest

from bot.surveys import FREE, surveyed
from bot.types import FRESH, OPEN_FOR, Conversation, Message, State
from handlers import texts
from handlers.feedback import taps
from knowledge.types import Band
from register.types import VERDICT, Step
from tests.fakes import a_document, a_hit
from tests.handlers.bench import ANNA, Bench


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


# of an answer that a person gave


async def verdicts(bench: Bench) -> list[Step]:
    """Return the verdicts on the first case."""
    events = await bench.register.history("浚县-2026-000001")
    return [event.step for event in events if event.step in VERDICT]


@pytest.mark.parametrize(("text", "step"), [("1", Step.RESOLVED), ("有用", Step.RESOLVED), ("没用", Step.UNRESOLVED)])
async def test_a_short_word_after_the_survey_judges_the_answer(bench: Bench, text: str, step: Step) -> None:
    survey = await bench.answered()
    bench.conversation = surveyed(survey.key)

    reply = await bench.say(text)

    assert reply.reference == "浚县-2026-000001"
    assert await verdicts(bench) == [step]
    assert bench.conversation.state in (State.IDLE, State.OFFERED)


async def test_a_nod_leaves_the_survey_open(bench: Bench) -> None:
    bench.conversation = surveyed((await bench.answered()).key)

    await bench.say("好的")
    await bench.say("2")

    assert await verdicts(bench) == [Step.UNRESOLVED]


@pytest.mark.parametrize("state", sorted(frozenset(State) - {State.SURVEYED}))
@pytest.mark.parametrize("text", ["1", "2", "已解决", "没用"])
async def test_without_the_survey_words_judge_no_answer_of_a_person(bench: Bench, state: State, text: str) -> None:
    bench.retriever.knows("低保", Band.ANSWER, a_hit(a_document("低保办法")))
    await bench.answered()
    bench.conversation = Conversation(state, "低保", choices=("浚县-2026-000001",), answer="a1")

    await bench.say(text)

    assert await verdicts(bench) == []


@pytest.mark.parametrize("state", sorted(FREE))
async def test_a_tap_judges_the_answer_it_is_about(bench: Bench, state: State) -> None:
    survey = await bench.answered()
    bench.conversation = Conversation(state, "低保", answer="a1")

    reply = await bench.say("已解决", tapped=survey.tap(texts.RESOLVED))

    assert (reply.text, reply.conversation) == (texts.GLAD, FRESH)
    assert await verdicts(bench) == [Step.RESOLVED]


@pytest.mark.parametrize("days", [0, OPEN_FOR.days])
@pytest.mark.parametrize("state", sorted(frozenset(State) - FREE))
async def test_a_tap_leaves_what_is_being_written_where_it_stands(bench: Bench, state: State, days: int) -> None:
    survey = await bench.answered()
    bench.clock.forward(days=days)
    writing = bench.conversation = Conversation(state, "低保", answer="a1")

    reply = await bench.say("未解决", tapped=survey.tap(texts.UNRESOLVED))

    assert (reply.text, reply.options) == (texts.TOO_LATE if days else texts.NOTED, ())
    assert bench.conversation == writing
    assert await verdicts(bench) == [Step.UNRESOLVED] * (not days)


@pytest.mark.parametrize(
    ("tapped", "is_one"), [("", False), ("1", False), ("1.7-1772", True), ("2.7-1772", True), ("3.7-1772", False)]
)
def test_only_a_tap_on_a_line_of_the_survey_is_one(bench: Bench, tapped: str, is_one: bool) -> None:  # noqa: FBT001  a table
    assert taps(Message("m1", ANNA, "已解决", bench.clock(), tapped=tapped), FRESH) is is_one
