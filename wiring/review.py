"""The review desk as the settings want it."""

from config.settings import Settings
from knowledge.review import ReviewDesk
from wiring.parts import Parts, utc_now


def review_desk(settings: Settings, parts: Parts) -> ReviewDesk:
    """Return the desk on which texts are reviewed before they are published."""
    return ReviewDesk(parts.revisions, parts.documents, utc_now, separate=settings.review.separate_clearance)
