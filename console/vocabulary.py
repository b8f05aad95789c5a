"""The office's own words: synonyms, words of the dictionary, and words without meaning."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from console import texts
from console.auth import Staff
from console.forms import NOTHING, Typed, cleaned, read_form
from console.pages import Pages, see_other
from console.rooms import Room
from console.shipped import has, listings
from knowledge.errors import RefusedEntry
from knowledge.ports import Vocabulary
from knowledge.synonyms import Direction, Synonym
from knowledge.upkeep import ShippedList, WordUse, switched_off
from knowledge.vocabulary import LONGEST_NOTE, LONGEST_WORD, MOST_OTHERS, Lexicon, add_synonym, add_word

LOG = logging.getLogger(__name__)
SEPARATORS = re.compile(r"[\s、，,；;]+")


@dataclass(frozen=True, slots=True)
class VocabularyViews:
    """The page of the office's own words beside the `shipped` ones; words are the same when `normalise` says so."""

    pages: Pages
    vocabulary: Vocabulary
    shipped: Lexicon
    normalise: Callable[[str], str]

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the words; `find` in the address filters them, `word`, `others` and `test` fill in the form."""
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

    async def turn(self, request: web.Request, staff: Staff) -> web.Response:
        """Switch an entry of a shipped list off, or on again; twice is no trouble."""
        form = await read_form(request)
        word, listed, off = form.get("word", ""), form.get("listed", ""), form.get("off", "") == "1"
        if listed not in set(ShippedList) or not has(self.shipped, ShippedList(listed), word):
            raise web.HTTPBadRequest
        entry = (ShippedList(listed), word)
        if (entry in switched_off(await self.vocabulary.turns())) is not off:
            await self.vocabulary.turn(*entry, off=off, by=staff.name)
        return self._done("off" if off else "on", find=form.get("find", ""))

    def _done(self, what: str, *, find: str = "") -> web.Response:
        query = urlencode({"done": what, "find": find} if find else {"done": what})
        return see_other(f"{self.pages.base}{Room.VOCABULARY}?{query}")

    async def _page(self, request: web.Request, staff: Staff, typed: Typed) -> web.Response:
        find = cleaned(request.query.get("find", "")).strip()[:LONGEST_WORD]
        kept = await self.vocabulary.synonyms()
        off = switched_off(await self.vocabulary.turns())
        own = {each.synonym.word for each in kept}
        asked = {name: cleaned(request.query.get(name, ""))[:LONGEST_NOTE] for name in ("word", "others", "test")}
        return self.pages.show(
            request,
            "vocabulary.html",
            status=typed.status,
            here=f"{self.pages.base}{Room.VOCABULARY}",
            staff=staff,
            synonyms=[each for each in kept if find in " ".join((each.synonym.word, *each.synonym.others))],
            kept=[each for each in await self.vocabulary.words() if find in each.word],
            listings=list(listings(self.shipped, off, own=own, find=find)),
            find=find,
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
