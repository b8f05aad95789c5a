"""The index as the settings place it: opened, followed and built anew."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.errors import BotError, Unavailable
from config.settings import Settings
from knowledge.calibration import load_coefficients
from knowledge.compilation import keep_compiled
from knowledge.errors import KnowledgeError
from knowledge.gazetteer import Gazetteer
from knowledge.library import Library
from knowledge.ports import Announcements, DocumentStore
from knowledge.publication import Publication
from knowledge.regions import place_of
from knowledge.reloader import Reloader, in_a_process
from knowledge.tokens import Tokenizer
from knowledge.topics import Topics
from knowledge.vocabulary import Lexicon
from wiring.almanac import CIVIL_TIME
from wiring.parts import MEMORY, Parts, utc_now

PATIENCE = timedelta(minutes=10)
"""How long the command line waits for another process to finish its reload."""
HERE = Path(__file__).resolve().parents[1] / "config"
_WORDS = {
    "dictionary": HERE / "dictionary.txt",
    "stopwords": HERE / "stopwords.txt",
    "synonyms": HERE / "synonyms.toml",
}
WITHDRAWN_WITHIN = timedelta(seconds=2)
"""How soon a text that was taken down is hidden by every process."""
_log = logging.getLogger(__name__)
FOLLOW = timedelta(seconds=2)
"""How soon a running server answers from a generation that another process built, also if it hears nothing of it."""


def coefficients_file(settings: Settings) -> Path:
    """Return where the office's own coefficients of the probability are kept."""
    return settings.data_dir / "calibration.json"


def open_topics() -> Topics:
    """Return the topic tree with the departments that answer for each (config/topics.toml)."""
    return Topics.parse((HERE / "topics.toml").read_text(encoding="utf-8"))


def open_gazetteer(settings: Settings) -> Gazetteer:
    """Return the places of the country (config/regions.txt), with the office's own."""
    country = Gazetteer.load(HERE / "regions.txt")
    return country.of_office(settings.office.region or place_of(settings.office.name, country))


def shipped_words() -> Lexicon:
    """Return the words and synonyms that come with the software."""
    return Lexicon.shipped(**_WORDS)


def tokenizer_for(settings: Settings) -> Tokenizer:
    """Load dictionary, stop words and synonyms (half a second, once per process)."""
    keep_compiled(settings.data_dir / "cache")
    return Tokenizer.load(**_WORDS, cache=settings.data_dir / "cache")


async def open_index(settings: Settings, documents: DocumentStore) -> Library:
    """Return the library over the live generation, without the texts that were taken down since it was built."""
    library = _library(settings, await asyncio.to_thread(tokenizer_for, settings))
    library.hide(await documents.withdrawn())
    library.end(await documents.endings())
    await library.reload()
    return library


def _library(settings: Settings, tokenizer: Tokenizer) -> Library:
    return Library(
        settings.data_dir / "index",
        tokenizer,
        coefficients=load_coefficients(coefficients_file(settings)),
        today=lambda: utc_now().astimezone(CIVIL_TIME).date(),
        gazetteer=open_gazetteer(settings),
    )


async def publish_documents(
    settings: Settings, parts: Parts, *, by: str, force: bool = False, patience: timedelta = PATIENCE
) -> str:
    """Build a generation from the stored documents, check it and switch to it; return its id.

    Waits up to `patience` for a reload that is under way already.
    """
    tokenizer = await asyncio.to_thread(tokenizer_for, settings)
    library = _library(settings, tokenizer)
    gazetteer = open_gazetteer(settings)
    publication = Publication(
        parts.upkeep, settings.data_dir / "index", tokenizer, library, utc_now, gazetteer=gazetteer
    )
    generation = await publication.publish(by=by, force=force, patience=patience)
    await parts.announcements.announce(generation)
    return generation


def reloader(settings: Settings, parts: Parts, library: Library, command: Sequence[str]) -> Reloader:
    """Return the generations as the console sees them; `command` is the command line that reloads in its own process.

    A database in memory is seen by no other process: there this one does the work.
    """

    async def here(by: str, /, *, force: bool) -> str:
        try:
            await publish_documents(settings, parts, by=by, force=force)
        except KnowledgeError as error:
            return str(error)
        return ""

    return Reloader(
        settings.data_dir / "index",
        retriever=library,
        trials=parts.upkeep.trials,
        work=here if settings.database.url == MEMORY else in_a_process(command),
        now=utc_now,
        announce=parts.announcements.announce,
    )


async def follow_withdrawals(
    library: Library, documents: DocumentStore, *, interval: timedelta = WITHDRAWN_WITHIN
) -> None:
    """Hide what any process on any machine takes down, and end what it repeals, before the next generation.

    Runs until cancelled. While the database cannot be read, what was hidden or ended stays so.
    """
    while True:
        try:
            library.hide(await documents.withdrawn())
            library.end(await documents.endings())
        except Unavailable:
            _log.warning("the list of texts taken down cannot be read; asked again in %s", interval)
        except (BotError, KnowledgeError, SQLAlchemyError, OSError, LookupError, ValueError, RuntimeError):
            _log.exception("what was taken down or repealed cannot be followed; asked again in %s", interval)
        await asyncio.sleep(interval.total_seconds())


async def follow(library: Library, announcements: Announcements) -> None:
    """Answer from each new generation; one that cannot be read is logged, and the old one goes on answering."""
    while True:
        try:
            await library.follow(FOLLOW, announcements)
        except KnowledgeError:
            _log.exception("the new generation cannot be read")
            await asyncio.sleep(FOLLOW.total_seconds())
