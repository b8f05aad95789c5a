"""What everybody may read without asking, built from the settings."""

from config.settings import Settings
from console.openness import Openness
from register.terms import read_terms
from wiring.index import HERE, open_topics
from wiring.parts import Parts, utc_now
from wiring.requests import Chancery


def open_openness(settings: Settings, parts: Parts, chancery: Chancery | None) -> Openness:
    """Return what guide and catalogue are made of."""
    correspondence = chancery.office.correspondence if chancery is not None else None
    return Openness(
        catalogue=parts.catalogue,
        topics=tuple(topic.name for topic in open_topics().entries),
        terms=read_terms((HERE / "terms.toml").read_text(encoding="utf-8")),
        now=utc_now,
        agency=correspondence.agency if correspondence is not None else None,
        fees=settings.requests.fees,
    )
