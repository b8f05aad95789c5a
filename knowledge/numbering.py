"""Terms numbered in the order in which they first come."""

import numpy as np
from numba import njit

from knowledge.kernels import Keys, Places

_LEAST = 1 << 12
_MIXED = np.uint64(0x9E3779B97F4A7C15)


@njit(nogil=True)
def _slot(slots: Places, keys: Keys, key: np.uint64) -> np.int64:
    """Return the slot of a key, or the free one where it belongs."""
    mask = np.uint64(slots.shape[0] - 1)
    slot = (key * _MIXED) >> np.uint64(20) & mask
    while slots[slot] >= 0 and keys[slots[slot]] != key:
        slot = (slot + np.uint64(1)) & mask
    return np.int64(slot)


@njit(nogil=True)
def number(slots: Places, keys: Keys, count: int, wanted: Keys) -> tuple[Places, int]:
    """Return the number of each wanted key and how many keys there are now; 0 is no key and has the number -1."""
    numbers = np.empty(wanted.shape[0], np.int32)
    for index in range(wanted.shape[0]):
        key = wanted[index]
        if key == 0:
            numbers[index] = -1
            continue
        slot = _slot(slots, keys, key)
        if slots[slot] < 0:
            slots[slot] = count
            keys[count] = key
            count += 1
        numbers[index] = slots[slot]
    return numbers, count


@njit(nogil=True)
def put_back(slots: Places, keys: Keys, count: int) -> None:
    """Fill the empty slots of a larger table with the first `count` keys."""
    for place in range(count):
        slots[_slot(slots, keys, keys[place])] = place


@njit(nogil=True)
def pair_up(units: Places) -> Keys:
    """Return, for each unit, the pair with the next one; 0 where either is no unit."""
    pairs = np.zeros(units.shape[0], np.uint64)
    for at in range(units.shape[0] - 1):
        if units[at] >= 0 and units[at + 1] >= 0:
            pairs[at] = np.uint64(units[at] + 1) << np.uint64(32) | np.uint64(units[at + 1])
    return pairs


@njit(nogil=True)
def renumber(numbers: Places, ranks: Places) -> None:
    """Put another number, in place, for each number that is not negative."""
    for at in range(numbers.shape[0]):
        if numbers[at] >= 0:
            numbers[at] = ranks[numbers[at]]


class Numbering:
    """Gives each key the next number when it first comes."""

    def __init__(self) -> None:
        self._keys = np.empty(0, np.uint64)
        self._count = 0
        self._slots = np.empty(0, np.int32)
        self._grow(0)

    @property
    def keys(self) -> Keys:
        """The keys in the order of their numbers."""
        return self._keys[: self._count]

    def __call__(self, keys: Keys) -> Places:
        """Return the number of each key, -1 for 0."""
        if self._count + len(keys) > len(self._keys):
            self._grow(self._count + len(keys))
        numbers, self._count = number(self._slots, self._keys, self._count, keys)
        return numbers

    def _grow(self, wanted: int) -> None:
        room = max(2 * wanted, _LEAST)
        self._keys = np.concatenate([self.keys, np.zeros(room - self._count, np.uint64)])
        self._slots = np.full(1 << (2 * room).bit_length(), -1, np.int32)
        put_back(self._slots, self._keys, self._count)
