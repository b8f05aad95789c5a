"""What the console's knowledge pages work with, built from the parts."""

from collections.abc import Sequence
from functools import partial

from config.settings import Settings
from console.knowledge import Knowledge
from console.uploads import Uploads
from knowledge.library import Library
from knowledge.normalisation import Normaliser
from knowledge.topics import Topics
from wiring.importing import importer
from wiring.index import HERE, reloader
from wiring.parts import Parts, utc_now
from wiring.review import review_desk


def knowledge_pages(settings: Settings, parts: Parts, library: Library, command: Sequence[str]) -> Knowledge:
    """Return what the pages work with; `command` is the command line that reloads in a process of its own."""
    topics = Topics.parse((HERE / "topics.toml").read_text(encoding="utf-8"))
    return Knowledge(
        review=review_desk(settings, parts),
        links=parts.upkeep.links,
        vocabulary=parts.upkeep.vocabulary,
        trials=parts.upkeep.trials,
        generations=reloader(settings, parts, library, command),
        explainer=library,
        importer=partial(importer, settings, parts),
        uploads=Uploads(settings.data_dir / "uploads", utc_now),
        normalise=Normaliser(),
        topics=tuple(topic.name for topic in topics.entries),
    )
