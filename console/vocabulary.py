"""The office's own words: synonyms, words of the dictionary, and words without meaning."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from console import texts
from console.auth import Staff
from console.forms import NOTHING, Typed, cleaned, read_form
from console.pages import Pages, see_other
from console.rooms import Room
from knowledge.errors import RefusedEntry
from knowledge.ports import Vocabulary
from knowledge.synonyms import Direction, Synonym
from knowledge.upkeep import WordUse
from knowledge.vocabulary import LONGEST_NOTE, LONGEST_WORD, MOST_OTHERS, add_synonym, add_word

LOG = logging.getLogger(__name__)
SEPARATORS = re.compile(r"[\s、，,；;]+")


@dataclass(frozen=True, slots=True)
class VocabularyViews:
    """The page of the office's own words; words are the same when `normalise` makes them so."""

    pages: Pages
    vocabulary: Vocabulary
    normalise: Callable[[str], str]

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show every word; `word`, `others` and `test` in the address fill in the form for a new synonym."""
        return await self._page(request, staff, NOTHING)

    async def add_synonym(self, request: web.Request, staff: Staff) -> web.Response:
        """Keep a synonym; what cannot be kept is shown again with the reason."""
        form = await read_form(request)
        synonym = _synonym(form)
        try:
            await add_synonym(self.vocabulary, synonym, by=staff.name, normalise=self.normalise)
        except RefusedEntry as error:
            return await self._page(request, staff, Typed(f"{error}。", "synonym", form))
        return self._done("synonym")

    async def remove_synonym(self, request: web.Request, staff: Staff) -> web.Response:
        """Drop a synonym; one that is gone already is no trouble."""
        word = (await read_form(request)).get("word", "")
        LOG.info("%s removes the synonym %r", staff.name, word)
        await self.vocabulary.remove_synonym(word)
        return self._done("removed")

    async def add_word(self, request: web.Request, staff: Staff) -> web.Response:
        """Keep a word; what cannot be kept is shown again with the reason."""
        form = await read_form(request)
        use = _use(form)
        try:
            await add_word(self.vocabulary, form.get("word", ""), use, note=form.get("note", ""), by=staff.name)
        except RefusedEntry as error:
            return await self._page(request, staff, Typed(f"{error}。", use, form))
        return self._done("word")

    async def remove_word(self, request: web.Request, staff: Staff) -> web.Response:
        """Drop a word; one that is gone already is no trouble."""
        form = await read_form(request)
        LOG.info("%s removes the word %r", staff.name, form.get("word", ""))
        await self.vocabulary.remove_word(form.get("word", ""), _use(form))
        return self._done("removed")

    def _done(self, what: str) -> web.Response:
        return see_other(f"{self.pages.base}{Room.VOCABULARY}?done={what}")

    async def _page(self, request: web.Request, staff: Staff, typed: Typed) -> web.Response:
        asked = {name: cleaned(request.query.get(name, ""))[:LONGEST_NOTE] for name in ("word", "others", "test")}
        return self.pages.show(
            request,
            "vocabulary.html",
            status=typed.status,
            here=f"{self.pages.base}{Room.VOCABULARY}",
            staff=staff,
            synonyms=await self.vocabulary.synonyms(),
            kept=await self.vocabulary.words(),
            uses=WordUse,
            directions=Direction,
            typed=typed,
            asked=asked,
            longest=LONGEST_WORD,
            longest_others=(LONGEST_WORD + 1) * MOST_OTHERS,
            longest_note=LONGEST_NOTE,
            done=texts.VOCABULARY_DONE.get(request.query.get("done", ""), ""),
        )


def _synonym(form: Mapping[str, str]) -> Synonym:
    if form.get("direction", "") not in set(Direction):
        raise web.HTTPBadRequest
    others = tuple(filter(None, SEPARATORS.split(form.get("others", ""))))
    direction = Direction(form["direction"])
    return Synonym(form.get("word", ""), others, direction, form.get("note", ""), form.get("test", ""))


def _use(form: Mapping[str, str]) -> WordUse:
    if form.get("use", "") not in set(WordUse):
        raise web.HTTPBadRequest
    return WordUse(form["use"])
