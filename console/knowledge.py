"""The knowledge pages: what they work with, and their routes."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from console.documents import MAY_TAKE_DOWN, DocumentViews
from console.door import Door
from console.drafts import LARGEST
from console.editing import EditingViews
from console.generations import GenerationViews
from console.hit_test import MAY_LINK, HitTestViews
from console.imports import Importing, ImportViews
from console.links import LinkViews
from console.pages import Pages
from console.ports import Role
from console.repeals import RepealViews
from console.review import ReviewViews
from console.rooms import ENTER, Room
from console.test_questions import MAY_REMOVE, TestQuestionViews
from console.uploads import Uploads
from console.vocabulary import VocabularyViews
from knowledge.ports import Explainer, Generations, LinkedQuestions, Retriever, Trials, Vocabulary
from knowledge.review import ReviewDesk
from knowledge.vocabulary import Lexicon
from register.ports import Register


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the knowledge pages work with; `normalise` tells which words are the same, `topics` names the topic tree."""

    review: ReviewDesk
    links: LinkedQuestions
    vocabulary: Vocabulary
    shipped: Lexicon
    """The words that come with the software."""
    trials: Trials
    generations: Generations
    explainer: Explainer
    importer: Callable[[], Importing]
    uploads: Uploads
    normalise: Callable[[str], str]
    topics: tuple[str, ...] = ()


def import_routes(door: Door, views: ImportViews) -> list[web.RouteDef]:
    """Return the routes of the imports."""
    editors = door.open_to(*ENTER[Room.IMPORTS])
    return [
        web.get("/imports", editors(views.show)),
        web.post("/imports", door.take_files(*ENTER[Room.IMPORTS])(views.send)),
        web.get("/imports/{token}", editors(views.follow)),
        web.post("/imports/{token}/confirm", editors(views.confirm)),
        web.post("/imports/{token}/cancel", editors(views.cancel)),
    ]


def knowledge_routes(
    pages: Pages, door: Door, parts: Knowledge, register: Register, retriever: Retriever
) -> list[web.RouteDef]:
    """Return the routes of the knowledge pages."""
    return [
        *_documents(pages, door, parts, retriever),
        *_review(pages, door, parts, retriever),
        *_questions(pages, door, parts, register),
        *_upkeep(pages, door, parts),
    ]


def _documents(pages: Pages, door: Door, parts: Knowledge, retriever: Retriever) -> list[web.RouteDef]:
    """Return the routes of the published documents, and of the form that changes them."""
    documents = DocumentViews(pages, parts.review, parts.links, retriever, parts.topics)
    editing = EditingViews(pages, parts.review, parts.topics)
    readers, rescuers = door.open_to(*ENTER[Room.DOCUMENTS]), door.open_to(*MAY_TAKE_DOWN)
    editors = door.open_to(Role.EDITOR, largest=LARGEST)
    return [
        web.get("/documents", readers(documents.show)),
        web.get("/documents/{id}", readers(documents.document)),
        web.get(r"/documents/{id}/versions/{number:\d{1,9}}", readers(documents.version)),
        web.post("/documents/{id}/take-down", rescuers(documents.take_down)),
        web.post("/documents/{id}/restore", editors(documents.restore)),
        web.get("/documents/{id}/edit", editors(editing.change)),
        web.post("/documents/{id}/edit", editors(editing.submit)),
        web.get("/review/new", editors(editing.new)),
        web.post("/review/new", editors(editing.bring)),
        web.get(r"/review/{id:\d{1,18}}/edit", editors(editing.draft)),
        web.post(r"/review/{id:\d{1,18}}/edit", editors(editing.edit)),
    ]


def _review(pages: Pages, door: Door, parts: Knowledge, retriever: Retriever) -> list[web.RouteDef]:
    """Return the routes of the way to publication, and of what it repeals."""
    review = ReviewViews(pages, parts.review)
    repeals = RepealViews(pages, parts.review, retriever)
    gate, editors = door.open_to(*ENTER[Room.REVIEW]), door.open_to(Role.EDITOR)
    return [
        web.get("/review", gate(review.show)),
        web.get(r"/review/{id:\d{1,18}}", gate(review.revision)),
        web.post(r"/review/{id:\d{1,18}}/{step:resolve|review|clear|publish|return|drop}", gate(review.act)),
        web.get("/review/repeals", gate(repeals.show)),
        web.post(r"/review/repeals/{id:\d{1,18}}/confirm", editors(repeals.confirm)),
        web.post(r"/review/repeals/{id:\d{1,18}}/dismiss", editors(repeals.dismiss)),
    ]


def _questions(pages: Pages, door: Door, parts: Knowledge, register: Register) -> list[web.RouteDef]:
    """Return the routes of what citizens ask: hit test, linked questions, test questions."""
    documents = parts.review.documents
    hit_test = HitTestViews(pages, parts.explainer)
    links = LinkViews(pages, parts.links, documents, register)
    trials = TestQuestionViews(pages, parts.trials, documents, parts.generations)
    testers, savers = door.open_to(*ENTER[Room.HIT_TEST]), door.open_to(*ENTER[Room.TEST_QUESTIONS])
    linkers, keepers = door.open_to(*MAY_LINK), door.open_to(*MAY_REMOVE)
    return [
        web.get("/hit-test", testers(hit_test.show)),
        web.get("/link", linkers(links.show)),
        web.post("/link", linkers(links.add)),
        web.post("/link/remove", linkers(links.remove)),
        web.get("/test-questions", savers(trials.show)),
        web.post("/test-questions", savers(trials.add)),
        web.post("/test-questions/remove", keepers(trials.remove)),
    ]


def _upkeep(pages: Pages, door: Door, parts: Knowledge) -> list[web.RouteDef]:
    """Return the routes of what a generation is made with: the words, and the generations themselves."""
    words = VocabularyViews(pages, parts.vocabulary, parts.shipped, parts.normalise)
    generations = GenerationViews(pages, parts.generations)
    wordsmiths, watchers = door.open_to(*ENTER[Room.VOCABULARY]), door.open_to(*ENTER[Room.GENERATIONS])
    publishers = door.open_to(Role.PUBLISHER)
    return [
        web.get("/vocabulary", wordsmiths(words.show)),
        web.post("/vocabulary/synonyms", wordsmiths(words.add_synonym)),
        web.post("/vocabulary/synonyms/remove", wordsmiths(words.remove_synonym)),
        web.post("/vocabulary/shipped", wordsmiths(words.turn)),
        web.post("/vocabulary/words", wordsmiths(words.add_word)),
        web.post("/vocabulary/words/remove", wordsmiths(words.remove_word)),
        web.get("/generations", watchers(generations.show)),
        web.post("/generations/reload", publishers(generations.reload)),
        web.post("/generations/rollback", publishers(generations.rollback)),
    ]
