"""Where documents came from, and which of them their source no longer has."""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.normalisation import clean
from knowledge.ports import DocumentStore, Origins
from knowledge.readers import Reading
from knowledge.types import Document, ImportRow, Outcome
from knowledge.upkeep import MAX_SHRINK


@dataclass(frozen=True, slots=True)
class Origin:
    """The source that a file belongs to; `base` is what the places in it begin with. "" is a source not remembered."""

    source: str
    base: str


def on_disk(path: Path) -> Origin:
    """Return the file or folder itself as the source."""
    return Origin(clean(os.path.abspath(path)), clean(str(path)))  # noqa: PTH100  Path.absolute keeps ".."


@dataclass(frozen=True, slots=True)
class Departed:
    """A published document that its source no longer has; `in_doubt` where it may be in what could not be read."""

    origin: Origin
    place: str
    document: Document
    in_doubt: bool


@dataclass(slots=True)
class Roll:
    """What each source has in one import: its documents with their places, and the places that could not be read."""

    origins: dict[str, Origin] = field(default_factory=dict)
    places: dict[str, dict[str, str]] = field(default_factory=dict)
    unread: dict[str, set[str]] = field(default_factory=dict)

    def note(self, origin: Origin, reading: Reading) -> None:
        """Note what was read, or could not be."""
        if not origin.source:
            return
        self.origins.setdefault(origin.source, origin)
        place = reading.place.removeprefix(origin.base)
        places = self.places.setdefault(origin.source, {})
        if reading.document is None:
            self.unread.setdefault(origin.source, set()).add(_file(place))
        else:
            places.setdefault(reading.document.id, place)

    def is_in_doubt(self, source: str, place: str) -> bool:
        """Return whether a place lies in a file that could not be read, or not wholly."""
        return any(place == file or place.startswith((f"{file}/", f"{file}:")) for file in self.unread.get(source, ()))

    def has(self, document_id: str) -> bool:
        """Return whether any source has the document."""
        return any(document_id in places for places in self.places.values())


@dataclass(frozen=True, slots=True)
class Departures:
    """Tells what sources no longer have, and takes it out of publication where that is wanted; evidence is kept."""

    origins: Origins
    documents: DocumentStore

    async def settle(self, roll: Roll, *, by: str, prune: bool, dry_run: bool, before: int) -> Sequence[ImportRow]:
        """Return a row for each published document that its source no longer has, and remember what each has now.

        With `prune` they are taken down, unless that would be more than the share MAX_SHRINK of the documents there
        were `before` the import, or a document may be in what could not be read.
        """
        departed = [each for source in roll.places for each in await self._departed(roll, source)]
        sure = [each for each in departed if not each.in_doubt]
        many = len(sure) > before * MAX_SHRINK
        gone = [] if many or not prune else sure
        if not dry_run:
            await self._take_down(gone, by=by)
            await self._remember(roll, [each for each in departed if each not in gone])
        return [_row(each, gone=each in gone, many=many and prune) for each in departed]

    async def _take_down(self, gone: Sequence[Departed], *, by: str) -> None:
        for each in gone:
            reason = f"来源“{each.origin.source}”里已没有这份文件"
            await self.documents.remove(each.document.id, by=by, reason=reason)

    async def _remember(self, roll: Roll, published: Sequence[Departed]) -> None:
        """Keep what each source has, and what it no longer has and is still published."""
        for source, places in roll.places.items():
            left = {each.document.id: each.place for each in published if each.origin.source == source}
            await self.origins.keep(source, {**left, **places})

    async def _departed(self, roll: Roll, source: str) -> Sequence[Departed]:
        had = await self.origins.of(source)
        return [each async for each in self._published(roll, source, had)]

    async def _published(self, roll: Roll, source: str, had: Mapping[str, str]) -> AsyncIterator[Departed]:
        for document_id, place in sorted(had.items(), key=lambda item: item[1]):
            document = None if roll.has(document_id) else await self.documents.get(document_id)
            if document is not None:
                yield Departed(roll.origins[source], place, document, roll.is_in_doubt(source, place))


def _row(departed: Departed, *, gone: bool, many: bool) -> ImportRow:
    place = f"{departed.origin.base}{departed.place}"
    if departed.in_doubt:
        reason = "来源里没有找到这份文件，但有内容未能读取，它可能在其中；仍在公开"
    elif gone:
        reason = "来源里已没有这份文件，下架"
    elif many:
        reason = f"来源里已没有这份文件；一次下架超过全部文件的 {MAX_SHRINK:.0%}，没有下架，请逐份确认"
    else:
        reason = "来源里已没有这份文件，仍在公开"
    return ImportRow(place, Outcome.REMOVED, reason, departed.document, published=not gone, departed=True)


def _file(place: str) -> str:
    """Return the file that a place is in: "/a.jsonl" for "/a.jsonl:3"."""
    folder, slash, name = place.rpartition("/")
    return f"{folder}{slash}{name.partition(':')[0]}"
