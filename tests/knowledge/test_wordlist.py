import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.kernels import token_keys
from knowledge.wordlist import WordList, find_rows, find_terms, weigh_terms

# the first search of a process compiles
pytestmark = pytest.mark.timeout(60)


def a_list(*terms: str) -> WordList:
    keys = np.sort(token_keys(terms))
    return WordList.of(keys, np.arange(1.0, len(keys) + 1), 9.0)


@given(st.sets(st.text(max_size=3), max_size=40), st.lists(st.text(max_size=3), max_size=20))
def test_a_term_is_found_where_it_stands_and_no_other_is(known: set[str], asked: list[str]) -> None:
    words = a_list(*known)
    keys = token_keys(asked)

    for term, key, row in zip(asked, keys, find_rows(words, keys).tolist(), strict=True):
        assert (row >= 0) == (term in known)
        assert row < 0 or words.keys[row] == key


def test_the_terms_of_several_fields_stand_and_weigh_one_after_another() -> None:
    fields = (a_list("低保", "申请"), a_list("低"), a_list("低保"))
    keys, ends = token_keys(["申请", "炖", "低", "保", "低保"]), np.array([2, 4, 5])

    rows = find_terms(fields, keys, ends)
    weights = weigh_terms(fields, rows, ends)

    place = int(find_rows(fields[0], keys[:1])[0])
    assert rows.tolist() == [place, -1, 2, -1, 3]
    assert weights.tolist() == [place + 1, 9.0, 1.0, 9.0, 1.0]


def test_nothing_is_found_where_there_are_no_terms() -> None:
    fields = (a_list(), a_list(), a_list())
    ends = np.array([1, 1, 1])

    rows = find_terms(fields, token_keys(["低保"]), ends)

    assert rows.tolist() == [-1]
    assert weigh_terms(fields, rows, ends).tolist() == [9.0]
