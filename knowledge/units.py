"""The units of a generation's titles and passages, by which their sentences are matched with a question."""

import numpy as np

from knowledge.kernels import BREAK_MARK, Keys
from knowledge.material import Material
from knowledge.numbering import renumber
from knowledge.postings import mapped
from knowledge.renewal import Renewal
from knowledge.texts import Texts


def write_units(renewal: Renewal, fresh: Material, vocabulary: Keys) -> None:
    """Save the units as places in the vocabulary of the passages; one that only titles have counts as a mark."""
    tokens, starts, keys = fresh.units
    spellings = fresh.spellings
    if renewal.earlier:
        folder = renewal.earlier
        known, known_starts = mapped(folder / "units.npy"), np.load(folder / "unit_starts.npy")
        known_keys = np.load(folder / "passages" / "unigrams" / "vocabulary.npy")
        splice = renewal.documents.followed_by(renewal.passages, len(np.load(folder / "shown.npy")))
        # numbered behind those that are known
        renumber(tokens, np.arange(len(known_keys), len(known_keys) + len(keys), dtype=np.int32))
        tokens = splice.join_parts(known, known_starts, tokens, starts)
        starts = splice.starts(known_starts, starts)
        keys = np.concatenate([known_keys, keys])
        spellings = [*Texts(folder, "spellings").all(), *spellings]
    places = np.searchsorted(vocabulary, keys).astype(np.int32)
    renumber(tokens, np.where(np.isin(keys, vocabulary), places, np.int32(BREAK_MARK)))
    np.save(renewal.folder / "units.npy", tokens)
    np.save(renewal.folder / "unit_starts.npy", starts)
    spelled = dict(zip(keys.tolist(), spellings, strict=True))
    Texts.write(renewal.folder, "spellings", [spelled[key] for key in vocabulary.tolist()])
