"""What the console's knowledge pages work with, built from the parts."""

from functools import partial

from config.settings import Settings
from console.knowledge import Knowledge
from console.uploads import Uploads
from knowledge.library import Library
from knowledge.normalisation import Normaliser
from knowledge.ports import Generations
from wiring.importing import importer
from wiring.index import open_topics, shipped_words
from wiring.parts import Parts, utc_now
from wiring.review import review_desk


def knowledge_pages(settings: Settings, parts: Parts, library: Library, generations: Generations) -> Knowledge:
    """Return what the pages work with."""
    topics = open_topics()
    return Knowledge(
        review=review_desk(settings, parts),
        links=parts.upkeep.links,
        vocabulary=parts.upkeep.vocabulary,
        shipped=shipped_words(),
        trials=parts.upkeep.trials,
        generations=generations,
        explainer=library,
        importer=partial(importer, settings, parts),
        uploads=Uploads(settings.data_dir / "uploads", utc_now),
        normalise=Normaliser(),
        topics=tuple(topic.name for topic in topics.entries),
    )
