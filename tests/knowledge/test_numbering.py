import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.kernels import BREAK_MARK, END_MARK, code_points, hash_pairs, token_keys
from knowledge.numbering import Numbering, pair_up

keys = st.integers(0, 40) | st.integers(0, 2**64 - 1)


@settings(deadline=None)
@given(st.lists(st.lists(keys, max_size=60), max_size=6))
def test_each_key_has_the_number_of_when_it_first_came(batches: list[list[int]]) -> None:
    numbering = Numbering()
    expected: dict[int, int] = {}

    for batch in batches:
        numbers = numbering(np.array(batch, np.uint64)).tolist()
        assert numbers == [-1 if key == 0 else expected.setdefault(key, len(expected)) for key in batch]
    assert numbering.keys.tolist() == list(expected)


def test_known_keys_keep_their_numbers_while_the_table_grows() -> None:
    known = token_keys([str(number) for number in range(10_000)])
    numbering = Numbering()
    numbering(known)

    fresh = token_keys([str(number) for number in range(5_000, 60_000)])
    assert numbering(fresh).tolist() == list(range(5_000, 60_000))


def test_neighbours_are_pairs_and_marks_stand_between() -> None:
    units = np.array([0, 1, 1, BREAK_MARK, 2, END_MARK, 0, 2, END_MARK], np.int32)
    pairs = pair_up(units)
    spellings = ["低", "保", "2024"]
    ends = np.array([0, 1, 2, 6])

    spelled = hash_pairs(pairs[pairs > 0], code_points("".join(spellings)), ends)
    assert spelled.tolist() == token_keys(["低保", "保保", "低2024"]).tolist()
    assert np.flatnonzero(pairs).tolist() == [0, 1, 6]
