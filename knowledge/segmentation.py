"""jieba's search-mode cuts, compiled: the same words as `jieba.Tokenizer.cut_for_search`, thirty times as fast."""

from collections.abc import Mapping
from math import log
from typing import NamedTuple

import jieba
import numpy as np
import numpy.typing as npt
from jieba.finalseg import MIN_FLOAT, emit_P, start_P, trans_P
from numba import njit

from knowledge.kernels import BREAK_MARK, END_MARK, Codes, Doubles, Spans, code_points

_STATES = "BEMS"
_FIRST, _LAST = 0x4E00, 0x9FD5
"""The characters that jieba's model knows."""
_HAN = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0xF900, 0xFAFF))
_ZERO, _NINE = ord("0"), ord("9")
_LOWER, _UPPER = (ord("a"), ord("z")), (ord("A"), ord("Z"))
_POINT, _PERCENT = ord("."), ord("%")
_JOINING = tuple(map(ord, "+#&._%-"))
"""Marks that jieba looks for words in."""
_STOPS = tuple(map(ord, "。!?;\n"))
_B, _E, _M, _S = range(4)
_BEFORE = ((_E, _S), (_B, _M), (_B, _M), (_E, _S))
"""Which states may stand before each; of equal probabilities the later one wins, as in jieba."""
_NOT_A_WORD = np.inf
_ROOM = 21
"""Bits of a character in a key of the trie."""


class Dictionary(NamedTuple):
    """A trie of words as a hash table from (node, character) to node, and jieba's model for words not in it.

    `weights` are the logarithms of the words' counts, infinite at nodes that only begin words; `total` of all counts.
    """

    keys: npt.NDArray[np.uint64]
    nodes: npt.NDArray[np.int32]
    weights: Doubles
    total: float
    emissions: Doubles
    transitions: Doubles
    starts: Doubles


@njit(nogil=True)
def _slot(keys: npt.NDArray[np.uint64], key: np.uint64) -> np.int64:
    """Return where a key stands, or the free slot where it would."""
    mask = np.uint64(keys.shape[0] - 1)
    slot = (key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32) & mask
    while keys[slot] != 0 and keys[slot] != key:
        slot = (slot + np.uint64(1)) & mask
    return np.int64(slot)


@njit(nogil=True)
def _child(keys: npt.NDArray[np.uint64], nodes: npt.NDArray[np.int32], node: int, code: np.uint32) -> int:
    """Return the node that a character leads to, -1 for none."""
    key = np.uint64((node + 1) << _ROOM | np.int64(code))
    slot = _slot(keys, key)
    return nodes[slot] if keys[slot] == key else -1


@njit(nogil=True)
def add_words(  # noqa: PLR0917  # numba knows no keyword-only arguments
    keys: npt.NDArray[np.uint64],
    nodes: npt.NDArray[np.int32],
    weights: Doubles,
    count: int,
    codes: Codes,
    ends: npt.NDArray[np.int64],
    given: Doubles,
) -> int:
    """Put words into a trie of `count` nodes and return how many it has then; word i is codes[ends[i-1]:ends[i]]."""
    start = 0
    for word in range(ends.shape[0]):
        node = 0
        for position in range(start, ends[word]):
            key = np.uint64((node + 1) << _ROOM | np.int64(codes[position]))
            slot = _slot(keys, key)
            if keys[slot] == 0:
                keys[slot] = key
                nodes[slot] = count
                count += 1
            node = nodes[slot]
        weights[node] = given[word]
        start = ends[word]
    return count


@njit(nogil=True)
def _is_block(code: int) -> bool:
    """Return whether jieba looks for words here: [\u4e00-\u9fd5a-zA-Z0-9+#&._%-]."""
    if _FIRST <= code <= _LAST or _is_letter(code):
        return True
    return code in _JOINING


@njit(nogil=True)
def _is_letter(code: int) -> bool:
    return _ZERO <= code <= _NINE or _LOWER[0] <= code <= _LOWER[1] or _UPPER[0] <= code <= _UPPER[1]


@njit(nogil=True)
def _is_han(code: int) -> bool:
    return _HAN[0][0] <= code <= _HAN[0][1] or _HAN[1][0] <= code <= _HAN[1][1] or _HAN[2][0] <= code <= _HAN[2][1]


@njit(nogil=True)
def _is_run(code: int) -> bool:
    return _is_han(code) or _ZERO <= code <= _NINE or _LOWER[0] <= code <= _LOWER[1]


@njit(nogil=True)
def _is_word(codes: Codes, start: int, end: int, dictionary: Dictionary) -> bool:
    node = 0
    for position in range(start, end):
        node = _child(dictionary.keys, dictionary.nodes, node, codes[position])
        if node < 0:
            return False
    return bool(dictionary.weights[node] != _NOT_A_WORD)


@njit(nogil=True)
def _put(spans: Spans, count: int, start: int, end: int) -> int:
    spans[count, 0] = start
    spans[count, 1] = end
    return count + 1


@njit(nogil=True)
def _states(codes: Codes, start: int, end: int, dictionary: Dictionary) -> npt.NDArray[np.int8]:
    """Return the most probable state of each character (Viterbi)."""
    size = end - start
    back = np.zeros((size, 4), np.int8)
    best = np.empty(4)
    for state in range(4):
        best[state] = dictionary.starts[state] + dictionary.emissions[state, codes[start] - _FIRST]
    for at in range(1, size):
        following = np.empty(4)
        for state in range(4):
            emission = dictionary.emissions[state, codes[start + at] - _FIRST]
            one, other = _BEFORE[state]
            first = best[one] + dictionary.transitions[one, state] + emission
            second = best[other] + dictionary.transitions[other, state] + emission
            following[state] = max(first, second)
            back[at, state] = other if second >= first else one
        best = following
    path = np.empty(size, np.int8)
    state = _S if best[_S] >= best[_E] else _E
    for at in range(size - 1, -1, -1):
        path[at] = state
        state = back[at, state]
    return path


@njit(nogil=True)
def _put_guessed(  # noqa: PLR0917  # numba knows no keyword-only arguments
    codes: Codes, spans: Spans, count: int, start: int, end: int, dictionary: Dictionary
) -> int:
    """Add the words that the model finds in characters that form none of the dictionary."""
    path = _states(codes, start, end, dictionary)
    begin, following = start, start
    for at in range(start, end):
        state = path[at - start]
        if state == _B:
            begin = at
        elif state == _E:
            count = _put(spans, count, begin, at + 1)
            following = at + 1
        elif state == _S:
            count = _put(spans, count, at, at + 1)
            following = at + 1
    if following < end:
        count = _put(spans, count, following, end)
    return count


@njit(nogil=True)
def _end_of_piece(codes: Codes, start: int, end: int) -> int:
    """Return the end of the Chinese, of the Latin word or number (with decimals and %), or of the marks at `start`."""
    at = start
    if _FIRST <= codes[start] <= _LAST:
        while at < end and _FIRST <= codes[at] <= _LAST:
            at += 1
        return at
    if not _is_letter(codes[start]):
        while at < end and not _is_letter(codes[at]) and not _FIRST <= codes[at] <= _LAST:
            at += 1
        return at
    while at < end and _is_letter(codes[at]):
        at += 1
    decimals = at + 1
    while at < end and codes[at] == _POINT and decimals < end and _ZERO <= codes[decimals] <= _NINE:
        decimals += 1
    at = decimals if decimals > at + 1 else at
    return at + 1 if at < end and codes[at] == _PERCENT else at


@njit(nogil=True)
def _put_singles(  # noqa: PLR0917  # numba knows no keyword-only arguments
    codes: Codes, spans: Spans, count: int, start: int, end: int, dictionary: Dictionary
) -> int:
    """Add what stands in a row of single characters."""
    if end - start == 1:
        return _put(spans, count, start, end)
    if _is_word(codes, start, end, dictionary):
        for at in range(start, end):
            count = _put(spans, count, at, at + 1)
        return count
    while start < end:
        piece = _end_of_piece(codes, start, end)
        if _FIRST <= codes[start] <= _LAST:
            count = _put_guessed(codes, spans, count, start, piece, dictionary)
        else:
            count = _put(spans, count, start, piece)
        start = piece
    return count


@njit(nogil=True)
def _best_ends(  # noqa: PLR0917  # numba knows no keyword-only arguments
    codes: Codes, start: int, end: int, dictionary: Dictionary, sums: Doubles, ends: Spans
) -> None:
    """Fill in where the word ends that begins at each character on the most probable way to the end of the block."""
    sums[end] = 0.0
    for first in range(end - 1, start - 1, -1):
        best, best_end = -np.inf, first + 1
        node = 0
        for last in range(first, end):
            node = _child(dictionary.keys, dictionary.nodes, node, codes[last])
            if node < 0:
                break
            weight = dictionary.weights[node]
            # jieba's order of adding, to the last bit
            whole = weight - dictionary.total + sums[last + 1]
            if weight != _NOT_A_WORD and whole >= best:
                best = whole
                best_end = last + 1
        if best == -np.inf:
            best = 0.0 - dictionary.total + sums[first + 1]
        sums[first] = best
        ends[first] = best_end


@njit(nogil=True)
def _plain_words(codes: Codes, dictionary: Dictionary) -> Spans:
    """Return start and end of each word of a text; together they cover the blocks that jieba looks into."""
    size = codes.shape[0]
    spans = np.empty((size, 2), np.int32)
    sums = np.empty(size + 1)
    ends = np.empty(size, np.int32)
    count = 0
    start = 0
    while start < size:
        if not _is_block(codes[start]):
            count = _put(spans, count, start, start + 1)
            start += 1
            continue
        end = start
        while end < size and _is_block(codes[end]):
            end += 1
        _best_ends(codes, start, end, dictionary, sums, ends)
        while start < end:
            following = ends[start]
            if following > start + 1:
                count = _put(spans, count, start, following)
            else:
                while following < end and ends[following] == following + 1:
                    following += 1
                count = _put_singles(codes, spans, count, start, following, dictionary)
            start = following
    return spans[:count]


@njit(nogil=True)
def cut_words(codes: Codes, dictionary: Dictionary) -> Spans:
    """Return start and end of each word of a text, after the shorter words in it, without those that begin with a mark.

    The words are those of jieba's search mode, in its order.
    """
    plain = _plain_words(codes, dictionary)
    spans = np.empty((2 * codes.shape[0], 2), np.int32)
    count = 0
    for word in range(plain.shape[0]):
        start, end = plain[word]
        for size in range(2, min(end - start, 4)):
            for first in range(start, end - size + 1):
                if _is_run(codes[first]) and _is_word(codes, first, first + size, dictionary):
                    count = _put(spans, count, first, first + size)
        if _is_run(codes[start]):
            count = _put(spans, count, start, end)
    return spans[:count]


@njit(nogil=True)
def _end_of_unit(codes: Codes, start: int) -> int:
    """Return the end of the character, number or Latin word that begins at `start`."""
    end = start + 1
    if _is_han(codes[start]):
        return end
    digits = codes[start] <= _NINE
    while end < codes.shape[0] and _is_run(codes[end]) and not _is_han(codes[end]) and (codes[end] <= _NINE) == digits:
        end += 1
    return end


@njit(nogil=True)
def cut_units(codes: Codes) -> Spans:
    """Return start and end of each character, number and Latin word; BREAK_MARK and END_MARK stand for starts."""
    size = codes.shape[0]
    spans = np.empty((2 * size + 1, 2), np.int32)
    count = 0
    start = 0
    while start < size:
        if _is_run(codes[start]):
            end = _end_of_unit(codes, start)
            count = _put(spans, count, start, end)
            if end == size or not _is_run(codes[end]):
                count = _put(spans, count, BREAK_MARK, end)
            start = end
            continue
        if count and codes[start] in _STOPS:
            spans[count - 1, 0] = END_MARK
        start += 1
    if count:
        spans[count - 1, 0] = END_MARK
    return spans[:count]


def compile_dictionary(tokenizer: jieba.Tokenizer) -> Dictionary:
    """Return the dictionary of a jieba tokenizer as it is now; words added later are not in it."""
    size = 1 << (2 * len(tokenizer.FREQ)).bit_length()
    emissions = np.full((4, _LAST - _FIRST + 1), MIN_FLOAT)
    for state, name in enumerate(_STATES):
        for character, weight in emit_P[name].items():
            if _FIRST <= ord(character) <= _LAST:
                emissions[state, ord(character) - _FIRST] = weight
    empty = Dictionary(
        keys=np.zeros(size, np.uint64),
        nodes=np.zeros(size, np.int32),
        weights=np.full(1, _NOT_A_WORD),
        total=0.0,
        emissions=emissions,
        transitions=np.array([[trans_P[before].get(after, MIN_FLOAT) for after in _STATES] for before in _STATES]),
        starts=np.array([start_P[state] for state in _STATES]),
    )
    return extended(empty, tokenizer.FREQ, tokenizer.total)


def extended(dictionary: Dictionary, words: Mapping[str, int], total: int) -> Dictionary:
    """Return a dictionary with more words, each with how often it was counted, of `total` counts of all words."""
    listed = [word for word, count in words.items() if count]
    # math.log, not numpy's: the last bit decides between equally probable cuts
    given = np.fromiter((log(words[word]) for word in listed), np.float64, len(listed))
    codes = code_points("".join(listed))
    ends = np.cumsum(np.fromiter(map(len, listed), np.int64, len(listed)))
    keys, nodes, known = dictionary.keys.copy(), dictionary.nodes.copy(), len(dictionary.weights)
    weights = np.concatenate([dictionary.weights, np.full(len(codes), _NOT_A_WORD)])
    count = add_words(keys, nodes, weights, known, codes, ends, given)
    return dictionary._replace(keys=keys, nodes=nodes, weights=weights[:count].copy(), total=log(total))
