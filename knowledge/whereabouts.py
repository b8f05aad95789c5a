"""The places whose rules the documents of a generation state, one for each document."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.gazetteer import Gazetteer, Mention, Place, is_within
from knowledge.kernels import Mask
from knowledge.regions import Places, applies, places_of
from knowledge.renewal import Renewal
from knowledge.types import Document

_ROWS, _PLACES = "places.npy", "places.json"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """`rows` has for each document which of `combinations` it states the rules of."""

    combinations: tuple[Places, ...]
    rows: npt.NDArray[np.int32]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return what is saved in a generation's folder."""
        saved = json.loads((folder / _PLACES).read_text(encoding="utf-8"))
        return cls(tuple(tuple(map(tuple, places)) for places in saved), np.load(folder / _ROWS))

    @classmethod
    def write(cls, renewal: Renewal, fresh: Iterable[Document], gazetteer: Gazetteer) -> None:
        """Save where each document is of, given those that are new."""
        known = cls.load(renewal.earlier).combinations if renewal.earlier else ()
        found = [places_of(document, gazetteer) for document in fresh]
        combinations = tuple(dict.fromkeys((*known, *found)))
        numbers = {places: number for number, places in enumerate(combinations)}
        rows = renewal.joined(_ROWS, np.array([numbers[places] for places in found], np.int32))
        # numbered anew in the order in which they first come
        used, firsts, rows = np.unique(rows, return_index=True, return_inverse=True)
        order = np.argsort(firsts)
        np.save(renewal.folder / _ROWS, np.argsort(order).astype(np.int32)[rows])
        named = [combinations[number] for number in used[order].tolist()]
        (renewal.folder / _PLACES).write_text(json.dumps(named, ensure_ascii=False), encoding="utf-8")

    @property
    def places(self) -> frozenset[Place]:
        """Every place that a document states the rules of."""
        return frozenset(place for places in self.combinations for place in places)

    def of(self, document: int) -> Places:
        """Return the places of the document in a row."""
        return self.combinations[self.rows[document]]

    def applying(self, asked: Iterable[Mention]) -> Mask:
        """Return for each document whether it may answer a question about these places; one of no place may."""
        asked = tuple(asked)
        return self._marked([applies(places, asked) for places in self.combinations])

    def within(self, own: Place) -> Mask:
        """Return for each document whether it is of this place, or of one in it; none is where no place is given."""
        return self._marked([bool(own and places) and is_within(places[0], own) for places in self.combinations])

    def _marked(self, combinations: Sequence[bool]) -> Mask:
        mask: Mask = np.array(combinations, np.bool_)[self.rows]
        return mask
