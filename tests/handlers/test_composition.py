from dataclasses import replace

from bot.types import Conversation, State, User
from handlers.composition import Composer
from knowledge.types import Band
from tests.fakes import ScriptedRetriever, a_document, a_finding, a_hit
from tests.handlers.bench import ANNA, GAZETTEER, OFFICE, TOPICS, Bench

BORIS = User("web", "boris")
POLICY = a_document("低保办法")


def a_composer(room: int = 8) -> Composer:
    return Composer(retriever=ScriptedRetriever(), office=OFFICE, topics=TOPICS, gazetteer=GAZETTEER, room=room)


async def test_what_was_composed_for_one_citizen_is_said_to_the_next_with_a_stored_answer_of_their_own(
    bench: Bench,
) -> None:
    bench.retriever.knows("低保怎么申请", Band.ANSWER, a_hit(POLICY))

    first = await bench.say("低保怎么申请", user=ANNA)
    second = await bench.say("低保怎么申请", user=BORIS)

    assert replace(first, conversation=second.conversation) == second
    assert first.conversation == Conversation(State.ANSWERED, "低保怎么申请", answer="a1")
    assert second.conversation == Conversation(State.ANSWERED, "低保怎么申请", answer="a2")
    records = {record.id: record.channel for record in await bench.answers.recent()}
    assert records == {"a1": "wechat/main", "a2": "web"}


async def test_each_question_that_finds_nothing_counts_as_a_gap_once_more(bench: Bench) -> None:
    bench.retriever.knows("怎么炖排骨", Band.ESCALATE, a_hit(POLICY))

    await bench.say("怎么炖排骨")
    await bench.say("怎么炖排骨")

    (gap,) = await bench.gaps()
    assert gap.times == 2


async def test_the_same_finding_is_composed_once() -> None:
    composer, finding = a_composer(), a_finding("低保", Band.ANSWER, a_hit(POLICY))

    assert await composer.composed(finding) is await composer.composed(finding)


async def test_another_finding_of_the_same_question_is_composed_anew() -> None:
    composer = a_composer()
    before = a_finding("低保", Band.ANSWER, a_hit(POLICY, "旧的原文。"))
    # equal but for its hits, as after a text was taken down within one generation
    after = a_finding("低保", Band.ANSWER, a_hit(a_document("低保指南"), "新的原文。"))

    await composer.composed(before)

    assert (await composer.composed(after)).reply.text == "新的原文。"
    assert (await composer.composed(before)).reply.text == "旧的原文。"


async def test_nothing_of_an_earlier_generation_is_kept() -> None:
    composer = a_composer()
    old = a_finding("低保", Band.ANSWER, a_hit(POLICY))
    kept = await composer.composed(old)

    await composer.composed(a_finding("养老金", Band.ANSWER, a_hit(POLICY), generation="g2"))

    assert await composer.composed(old) is not kept


async def test_only_so_many_are_kept_and_the_oldest_goes_first() -> None:
    composer = a_composer(room=2)
    findings = [a_finding(question, Band.ANSWER, a_hit(POLICY)) for question in ("低保", "养老金", "医保")]
    first, second, _ = [await composer.composed(finding) for finding in findings]

    assert await composer.composed(findings[1]) is second
    assert await composer.composed(findings[0]) is not first
