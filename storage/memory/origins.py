"""Where documents came from, in memory."""

from collections.abc import Mapping


class MemoryOrigins:
    """Keeps for each document the source that brought it last, and its place there."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, str]] = {}

    async def of(self, source: str) -> Mapping[str, str]:
        """Return the ids of the documents that a source brought last, each with its place in the source."""
        return {document: place for document, (brought_by, place) in self._kept.items() if brought_by == source}

    async def keep(self, source: str, places: Mapping[str, str]) -> None:
        """Make these the documents of a source, and no others; one that another source had is of this one now."""
        others = {document: kept for document, kept in self._kept.items() if kept[0] != source}
        self._kept = others | {document: (source, place) for document, place in places.items()}
