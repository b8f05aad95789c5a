import asyncio
from collections.abc import AsyncIterator

import pytest

from knowledge.ports import LinkedQuestions, Trials
from knowledge.upkeep import Link, Trial
from storage.database import Database
from storage.memory.questions import MemoryLinkedQuestions, MemoryTrials
from storage.questions import SqlLinkedQuestions, SqlTrials
from tests.fakes import FixedClock

LONG = "低保" * 3000


@pytest.fixture
async def links(place: str, clock: FixedClock) -> AsyncIterator[LinkedQuestions]:
    if place == "memory":
        yield MemoryLinkedQuestions(now=clock)
        return
    database = Database(place)
    yield SqlLinkedQuestions(database, now=clock)
    await database.aclose()


@pytest.fixture
async def trials(place: str, clock: FixedClock) -> AsyncIterator[Trials]:
    if place == "memory":
        yield MemoryTrials(now=clock)
        return
    database = Database(place)
    yield SqlTrials(database, now=clock)
    await database.aclose()


class TestLinkedQuestions:
    async def test_links_are_given_back_oldest_first(self, links: LinkedQuestions, clock: FixedClock) -> None:
        asked = clock()
        await links.add("低保怎么办", ["b", "a"], by="li", source="浚县-2026-000001")
        clock.forward(hours=1)
        await links.add("公积金怎么提", ["c"], by="wang")

        assert await links.all() == (
            Link("低保怎么办", "b", by="li", at=asked, source="浚县-2026-000001"),
            Link("低保怎么办", "a", by="li", at=asked, source="浚县-2026-000001"),
            Link("公积金怎么提", "c", by="wang", at=clock()),
        )

    async def test_linking_again_adds_only_what_is_new(self, links: LinkedQuestions) -> None:
        await links.add("低保怎么办", ["a"], by="li")
        await links.add("低保怎么办", ["a", "b", "b"], by="wang")
        await links.add("低保怎么办", [], by="wang")

        assert [(link.document, link.by) for link in await links.all()] == [("a", "li"), ("b", "wang")]

    async def test_one_link_or_all_of_a_question_can_be_removed(self, links: LinkedQuestions) -> None:
        await links.add("低保怎么办", ["a", "b", "c"], by="li")
        await links.add("公积金怎么提", ["a"], by="li")

        assert await links.remove("低保怎么办", "a")
        assert not await links.remove("低保怎么办", "a")
        assert [link.document for link in await links.all()] == ["b", "c", "a"]
        assert await links.remove("低保怎么办")
        assert not await links.remove("低保怎么办")
        assert [link.question for link in await links.all()] == ["公积金怎么提"]

    async def test_the_questions_of_a_document_are_found(self, links: LinkedQuestions) -> None:
        await links.add("低保怎么办", ["a", "b"], by="li")
        await links.add("低保标准", ["a"], by="li")

        assert [link.question for link in await links.for_document("a")] == ["低保怎么办", "低保标准"]
        assert await links.for_document("unknown") == ()

    async def test_a_question_of_any_length_can_be_linked(self, links: LinkedQuestions) -> None:
        await links.add(LONG, ["a"], by="li")
        await links.add(LONG + "。", ["a"], by="li")

        assert len(await links.all()) == 2

    async def test_two_staff_linking_at_once_leave_one_link(self, links: LinkedQuestions) -> None:
        await asyncio.gather(*(links.add("低保怎么办", ["a", "b"], by=f"{number}") for number in range(8)))

        assert {link.document for link in await links.all()} == {"a", "b"}
        assert len(await links.all()) == 2


class TestTrials:
    async def test_trials_are_given_back_oldest_first(self, trials: Trials, clock: FixedClock) -> None:
        await trials.put("低保怎么办", "a", by="li", note="常问")
        await trials.put("怎么炖排骨", "", by="wang")

        assert await trials.all() == (
            Trial("低保怎么办", "a", by="li", at=clock(), note="常问"),
            Trial("怎么炖排骨", "", by="wang", at=clock()),
        )

    async def test_a_trial_of_the_same_question_replaces_the_earlier_one(
        self, trials: Trials, clock: FixedClock
    ) -> None:
        await trials.put("低保怎么办", "a", by="li")
        await trials.put(LONG, "c", by="li")
        clock.forward(hours=1)
        await trials.put("低保怎么办", "b", by="wang")

        kept = await trials.all()
        assert kept[0] == Trial("低保怎么办", "b", by="wang", at=clock())
        assert [trial.question for trial in kept] == ["低保怎么办", LONG]

    async def test_a_removed_trial_is_gone(self, trials: Trials) -> None:
        await trials.put("低保怎么办", "a", by="li")

        assert await trials.remove("低保怎么办")
        assert not await trials.remove("低保怎么办")
        assert await trials.all() == ()
