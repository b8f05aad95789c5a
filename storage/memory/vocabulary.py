"""The office's own synonyms and words in memory."""

from collections.abc import Callable, Sequence
from datetime import datetime

from knowledge.synonyms import Synonym
from knowledge.upkeep import KeptSynonym, KeptWord, ShippedList, Turn, WordUse


class MemoryVocabulary:
    """Keeps one entry for each synonym's word, and one for each word and use."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._synonyms: dict[str, KeptSynonym] = {}
        self._words: dict[tuple[str, WordUse], KeptWord] = {}
        self._turns: list[Turn] = []

    async def put_synonym(self, synonym: Synonym, *, by: str) -> None:
        """Keep the entry of a word, in place of an earlier one."""
        self._synonyms[synonym.word] = KeptSynonym(synonym, by=by, at=self._now())

    async def remove_synonym(self, word: str) -> bool:
        """Drop the entry of a word; False when there was none."""
        return self._synonyms.pop(word, None) is not None

    async def synonyms(self) -> Sequence[KeptSynonym]:
        """Return every entry, in order of word."""
        return tuple(entry for _, entry in sorted(self._synonyms.items()))

    async def put_word(self, word: str, use: WordUse, *, note: str = "", by: str) -> None:
        """Keep a dictionary word or a stop word, in place of an earlier entry of the same use."""
        self._words[word, use] = KeptWord(word, use, note=note, by=by, at=self._now())

    async def remove_word(self, word: str, use: WordUse) -> bool:
        """Drop a word; False when there was none."""
        return self._words.pop((word, use), None) is not None

    async def words(self) -> Sequence[KeptWord]:
        """Return every word, in order of word."""
        return tuple(entry for _, entry in sorted(self._words.items()))

    async def turn(self, listed: ShippedList, word: str, *, off: bool, by: str) -> None:
        """Switch an entry of a shipped list off, or on again."""
        self._turns.append(Turn(listed, word, off=off, by=by, at=self._now()))

    async def turns(self) -> Sequence[Turn]:
        """Return every turn, oldest first."""
        return tuple(self._turns)
