from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.bags import Bags
from knowledge.level import Field
from knowledge.splice import Splice
from knowledge.tally import Tally

# the first count of a process compiles
pytestmark = pytest.mark.timeout(60)
documents = st.lists(st.lists(st.sampled_from("政务公开条例"), max_size=9), max_size=12)


def tally(corpus: list[list[str]]) -> Tally:
    return Bags.over(corpus).tally()


@settings(deadline=None)
@given(documents, documents, st.randoms(use_true_random=False))
def test_terms_are_counted_again_from_what_they_weigh(
    earlier: list[list[str]], fresh: list[list[str]], random: Random
) -> None:
    kept = [row for row in range(len(earlier)) if random.getrandbits(2)]
    origins = np.full(len(kept) + len(fresh), -1)
    origins[sorted(random.sample(range(len(origins)), len(kept)))] = kept
    rest = iter(fresh)
    mixed = [earlier[row] if row >= 0 else next(rest) for row in origins.tolist()]

    renewed = Field.over(earlier).renewed(Splice(origins), tally(fresh))
    assert [each.tolist() for each in renewed] == [each.tolist() for each in tally(mixed)]


@pytest.mark.parametrize("times", [1, 2, 255, 1500])
def test_a_term_is_counted_however_often_it_stands_there(times: int) -> None:
    corpus = [["条"] * times, ["例"]]
    assert Field.over(corpus).renewed(Splice(np.array([0])), tally([])).counts.tolist() == [times]


def test_too_many_to_tell_are_not_guessed() -> None:
    with pytest.raises(ValueError, match="cannot be told"):
        Field.over([["条"] * 60_000]).renewed(Splice(np.array([0])), tally([]))
