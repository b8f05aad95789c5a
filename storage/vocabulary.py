"""The office's own synonyms and words in SQL."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from knowledge.synonyms import Synonym
from knowledge.upkeep import KeptSynonym, KeptWord, ShippedList, Turn, WordUse
from storage.database import Database, whole
from storage.tables.upkeep import office_words, synonyms, vocabulary_turns


class SqlVocabulary:
    """Keeps one row for each synonym's word, and one for each word and use."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    @whole
    async def put_synonym(self, synonym: Synonym, *, by: str) -> None:
        """Keep the entry of a word, in place of an earlier one."""
        row = {
            "others": list(synonym.others),
            "direction": synonym.direction,
            "note": synonym.note,
            "test": synonym.test,
            "by": by,
            "at": self._now(),
        }
        entry = self._database.insert(synonyms).values(word=synonym.word, **row)
        async with self._database.begin() as connection:
            await connection.execute(entry.on_conflict_do_update(index_elements=[synonyms.c.word], set_=row))

    @whole
    async def remove_synonym(self, word: str) -> bool:
        """Drop the entry of a word; False when there was none."""
        gone = delete(synonyms).where(synonyms.c.word == word).returning(synonyms.c.word)
        async with self._database.begin() as connection:
            return await connection.scalar(gone) is not None

    @whole
    async def synonyms(self) -> Sequence[KeptSynonym]:
        """Return every entry, in order of word."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(synonyms).order_by(synonyms.c.word))
            return tuple(
                KeptSynonym(
                    Synonym(row.word, tuple(row.others), row.direction, row.note, row.test), by=row.by, at=row.at
                )
                for row in rows
            )

    @whole
    async def put_word(self, word: str, use: WordUse, *, note: str = "", by: str) -> None:
        """Keep a dictionary word or a stop word, in place of an earlier entry of the same use."""
        row = {"note": note, "by": by, "at": self._now()}
        entry = self._database.insert(office_words).values(word=word, use=use, **row)
        key = [office_words.c.word, office_words.c.use]
        async with self._database.begin() as connection:
            await connection.execute(entry.on_conflict_do_update(index_elements=key, set_=row))

    @whole
    async def remove_word(self, word: str, use: WordUse) -> bool:
        """Drop a word; False when there was none."""
        gone = delete(office_words).where(office_words.c.word == word, office_words.c.use == use)
        async with self._database.begin() as connection:
            return await connection.scalar(gone.returning(office_words.c.word)) is not None

    @whole
    async def words(self) -> Sequence[KeptWord]:
        """Return every word, in order of word."""
        wanted = select(office_words).order_by(office_words.c.word, office_words.c.use)
        async with self._database.read() as connection:
            rows = await connection.execute(wanted)
            return tuple(KeptWord(row.word, row.use, note=row.note, by=row.by, at=row.at) for row in rows)

    @whole
    async def turn(self, listed: ShippedList, word: str, *, off: bool, by: str) -> None:
        """Switch an entry of a shipped list off, or on again."""
        row = {"listed": listed, "word": word, "off": off, "by": by, "at": self._now()}
        async with self._database.begin() as connection:
            await connection.execute(insert(vocabulary_turns).values(row))

    @whole
    async def turns(self) -> Sequence[Turn]:
        """Return every turn, oldest first."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(vocabulary_turns).order_by(vocabulary_turns.c.id))
            return tuple(Turn(row.listed, row.word, off=row.off, by=row.by, at=row.at) for row in rows)
