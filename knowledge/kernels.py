"""The inner loops of the index, compiled by numba."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt
from numba import njit

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Places = npt.NDArray[np.int32]
Spans = npt.NDArray[np.int32]
"""Two columns: where a token starts and where it ends."""
Codes = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]
BREAK_MARK = -1
"""Stands between units that are not neighbours."""
END_MARK = -2
"""Stands at the end of a sentence."""
_SEED = 0x9E3779B97F4A7C15
LEAST_WEIGHT = 0.1
"""The weight of a unit that stands in most texts."""


@njit(nogil=True)
def _absorbed(key: np.uint64, codes: Codes, start: int, end: int) -> np.uint64:
    for position in range(start, end):
        key ^= np.uint64(codes[position])
        key *= np.uint64(0xBF58476D1CE4E5B9)
        key ^= key >> np.uint64(29)
    return key


@njit(nogil=True)
def _mixed(key: np.uint64) -> np.uint64:
    key *= np.uint64(0x94D049BB133111EB)
    return key ^ (key >> np.uint64(32))


@njit(nogil=True)
def _hash(codes: Codes, start: int, end: int) -> np.uint64:
    return _mixed(_absorbed(np.uint64(_SEED), codes, start, end))


@njit(nogil=True)
def hash_tokens(codes: Codes, ends: Rows) -> Keys:
    """Return a 64-bit key for each token; token i is codes[ends[i-1]:ends[i]]."""
    keys = np.empty(ends.shape[0], np.uint64)
    start = 0
    for token in range(ends.shape[0]):
        keys[token] = _hash(codes, start, ends[token])
        start = ends[token]
    return keys


@njit(nogil=True)
def hash_spans(codes: Codes, spans: Spans) -> Keys:
    """Return the key of each token, given by its start and end; 0 where the start is negative."""
    keys = np.zeros(spans.shape[0], np.uint64)
    for token in range(spans.shape[0]):
        if spans[token, 0] >= 0:
            keys[token] = _hash(codes, spans[token, 0], spans[token, 1])
    return keys


@njit(nogil=True)
def hash_pairs(pairs: Keys, codes: Codes, ends: Rows) -> Keys:
    """Return the key of two units together: units (pair >> 32) - 1 and pair & (2³² - 1), i being codes[ends[i]:…]."""
    keys = np.empty(pairs.shape[0], np.uint64)
    for index in range(pairs.shape[0]):
        left = np.int64(pairs[index] >> np.uint64(32)) - 1
        right = np.int64(pairs[index] & np.uint64(0xFFFFFFFF))
        key = _absorbed(np.uint64(_SEED), codes, ends[left], ends[left + 1])
        keys[index] = _mixed(_absorbed(key, codes, ends[right], ends[right + 1]))
    return keys


@njit(nogil=True)
def fill_gains(gains: Floats, question_scores: Floats, firsts: Rows, links: Rows, weight: float) -> None:
    """Fill in for each document the weighted score of the best question linked to it."""
    for question in range(question_scores.shape[0]):
        gain = weight * question_scores[question]
        for at in range(firsts[question], firsts[question + 1]):
            gains[links[at]] = max(gains[links[at]], gain)


@njit(nogil=True)
def match_text(  # noqa: PLR0917  # numba knows no keyword-only arguments
    units: Places,
    slots: Places,
    earlier: Places,
    unit_weights: Floats,
    pair_weights: Floats,
    seen_units: npt.NDArray[np.bool_],
    seen_pairs: npt.NDArray[np.bool_],
    seen_last: Places,
) -> tuple[float, int]:
    """Return the weight of the question's units and pairs in the sentence that has most of them, and its length.

    `slots` maps a unit to its last place in the question (-1: none), `earlier` a place to the one before it with the
    same unit. What is found anywhere in the text is marked in `seen_units` and `seen_pairs`.
    """
    # three numbers for each place, overwritten: where it was last seen, and in which sentence it was counted
    seen_last[:] = -2
    at_left, unit_sentence, pair_sentence = seen_last[0], seen_last[1], seen_last[2]
    best, best_length = 0.0, 1
    current, length, sentence = 0.0, 0, 0
    for index in range(units.shape[0]):
        unit = units[index]
        if unit < 0:
            if unit == END_MARK:
                if current > best:
                    best, best_length = current, length
                current, length = 0.0, 0
                sentence += 1
            continue
        length += 1
        place = slots[unit]
        while place >= 0:
            seen_units[place] = True
            if unit_sentence[place] != sentence:
                unit_sentence[place] = sentence
                current += unit_weights[place]
            at_left[place] = index
            if place > 0 and at_left[place - 1] == index - 1 and pair_weights[place - 1] > 0:
                seen_pairs[place - 1] = True
                if pair_sentence[place - 1] != sentence:
                    pair_sentence[place - 1] = sentence
                    current += pair_weights[place - 1]
            place = earlier[place]
    if current > best:
        best, best_length = current, length
    return best, best_length


@njit(nogil=True)
def chain_units(rows: Rows, vocabulary: int) -> tuple[Places, Places]:
    """Return the last place of each unit in a question (-1: none), and for each place the one before with its unit."""
    slots = np.full(vocabulary, -1, np.int32)
    earlier = np.full(rows.shape[0], -1, np.int32)
    for place in range(rows.shape[0]):
        if rows[place] >= 0:
            earlier[place] = slots[rows[place]]
            slots[rows[place]] = place
    return slots, earlier


@njit(nogil=True)
def match_candidates(  # noqa: PLR0917  # numba knows no keyword-only arguments
    rows: Rows,
    units: Places,
    starts: Rows,
    slots: Places,
    earlier: Places,
    unit_weights: Floats,
    pair_weights: Floats,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], Floats, Floats]:
    """Return what each text (a row of `starts`) has of the question, and its best sentence's weight and length."""
    count = rows.shape[0]
    places = earlier.shape[0]
    seen_units = np.zeros((count, places), np.bool_)
    seen_pairs = np.zeros((count, places), np.bool_)
    best = np.zeros(count, np.float32)
    lengths = np.ones(count, np.float32)
    seen_last = np.empty((3, places), np.int32)
    for index in range(count):
        text = units[starts[rows[index]] : starts[rows[index] + 1]]
        best[index], lengths[index] = match_text(
            text, slots, earlier, unit_weights, pair_weights, seen_units[index], seen_pairs[index], seen_last
        )
    return seen_units, seen_pairs, best, lengths


@njit(nogil=True)
def title_precision(rows: Rows, units: Places, starts: Rows, slots: Places, idf: Doubles) -> Floats:
    """Return how much of each title, by weight, is in the question."""
    shares = np.zeros(rows.shape[0], np.float32)
    for index in range(rows.shape[0]):
        found, whole = 0.0, 0.0
        for at in range(starts[rows[index]], starts[rows[index] + 1]):
            unit = units[at]
            if unit >= 0:
                weight = max(idf[unit], LEAST_WEIGHT)
                whole += weight
                if slots[unit] >= 0:
                    found += weight
        shares[index] = found / whole if whole > 0 else 0.0
    return shares


def code_points(text: str) -> Codes:
    """Return the characters of a text as numbers."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def token_keys(tokens: Sequence[str]) -> Keys:
    """Return the 64-bit keys of the tokens."""
    codes = code_points("".join(tokens))
    keys: Keys = hash_tokens(codes, np.array(list(accumulate(map(len, tokens))), np.int64))
    return keys
