from collections.abc import AsyncIterator

import pytest

from knowledge.ports import Vocabulary
from knowledge.synonyms import Direction, Synonym
from knowledge.upkeep import KeptSynonym, KeptWord, ShippedList, Turn, WordUse, switched_off
from storage.database import Database
from storage.memory.vocabulary import MemoryVocabulary
from storage.vocabulary import SqlVocabulary
from tests.fakes import FixedClock

ALLOWANCE = Synonym("低保", ("最低生活保障", "低保金"), Direction.TWO_WAY, note="简称", test="低保怎么申请")
NEW_INSURANCE = Synonym("新农合", ("城乡居民基本医疗保险",), Direction.HISTORIC)


@pytest.fixture
async def vocabulary(place: str, clock: FixedClock) -> AsyncIterator[Vocabulary]:
    if place == "memory":
        yield MemoryVocabulary(now=clock)
        return
    database = Database(place)
    yield SqlVocabulary(database, now=clock)
    await database.aclose()


class TestVocabulary:
    async def test_an_entry_is_given_back_as_it_was_put(self, vocabulary: Vocabulary, clock: FixedClock) -> None:
        await vocabulary.put_synonym(NEW_INSURANCE, by="li")
        await vocabulary.put_synonym(ALLOWANCE, by="wang")

        assert await vocabulary.synonyms() == (
            KeptSynonym(ALLOWANCE, by="wang", at=clock()),
            KeptSynonym(NEW_INSURANCE, by="li", at=clock()),
        )

    async def test_an_entry_of_the_same_word_replaces_the_earlier_one(
        self, vocabulary: Vocabulary, clock: FixedClock
    ) -> None:
        await vocabulary.put_synonym(ALLOWANCE, by="li")
        clock.forward(hours=1)
        changed = Synonym("低保", ("最低生活保障",), Direction.ONE_WAY)
        await vocabulary.put_synonym(changed, by="wang")

        assert await vocabulary.synonyms() == (KeptSynonym(changed, by="wang", at=clock()),)

    async def test_a_removed_entry_is_gone(self, vocabulary: Vocabulary) -> None:
        await vocabulary.put_synonym(ALLOWANCE, by="li")

        assert await vocabulary.remove_synonym("低保")
        assert not await vocabulary.remove_synonym("低保")
        assert await vocabulary.synonyms() == ()

    async def test_a_word_may_have_two_uses(self, vocabulary: Vocabulary, clock: FixedClock) -> None:
        await vocabulary.put_word("一件事", WordUse.STOP, note="套话", by="li")
        await vocabulary.put_word("一件事", WordUse.DICTIONARY, by="li")
        await vocabulary.put_word("一件事", WordUse.DICTIONARY, note="专名", by="wang")

        kept = {(word.word, word.use): word for word in await vocabulary.words()}
        assert kept == {
            ("一件事", WordUse.STOP): KeptWord("一件事", WordUse.STOP, note="套话", by="li", at=clock()),
            ("一件事", WordUse.DICTIONARY): KeptWord("一件事", WordUse.DICTIONARY, note="专名", by="wang", at=clock()),
        }
        assert await vocabulary.remove_word("一件事", WordUse.STOP)
        assert not await vocabulary.remove_word("一件事", WordUse.STOP)
        assert [word.use for word in await vocabulary.words()] == [WordUse.DICTIONARY]

    async def test_words_come_in_their_order(self, vocabulary: Vocabulary) -> None:
        for word in ("蓝", "a", "一", "丁"):
            await vocabulary.put_word(word, WordUse.DICTIONARY, by="li")

        assert [word.word for word in await vocabulary.words()] == sorted(["蓝", "a", "一", "丁"])

    async def test_every_turn_of_a_shipped_entry_is_kept_and_the_last_holds(
        self, vocabulary: Vocabulary, clock: FixedClock
    ) -> None:
        begun = clock()
        await vocabulary.turn(ShippedList.SYNONYMS, "低保", off=True, by="li")
        await vocabulary.turn(ShippedList.STOPWORDS, "的", off=True, by="li")
        clock.forward(hours=1)
        await vocabulary.turn(ShippedList.SYNONYMS, "低保", off=False, by="wang")

        turns = await vocabulary.turns()
        assert turns == (
            Turn(ShippedList.SYNONYMS, "低保", off=True, by="li", at=begun),
            Turn(ShippedList.STOPWORDS, "的", off=True, by="li", at=begun),
            Turn(ShippedList.SYNONYMS, "低保", off=False, by="wang", at=clock()),
        )
        assert list(switched_off(turns)) == [(ShippedList.STOPWORDS, "的")]
