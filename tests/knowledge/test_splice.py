import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.splice import Splice

lines = st.lists(st.text("政务公开", max_size=4), max_size=8)


@st.composite
def mixtures(draw: st.DrawFn) -> tuple[list[str], list[str], Splice]:
    """Return earlier texts, new ones, and some of the earlier mixed with all of the new ones."""
    earlier, fresh = draw(lines), draw(lines)
    kept = sorted(draw(st.sets(st.sampled_from(range(len(earlier)))))) if earlier else []
    places = sorted(draw(st.permutations(range(len(kept) + len(fresh))))[: len(kept)])
    origins = np.full(len(kept) + len(fresh), -1)
    origins[places] = kept
    return earlier, fresh, Splice(origins)


def spliced(earlier: list[str], fresh: list[str], splice: Splice) -> list[str]:
    rest = iter(fresh)
    return [earlier[row] if row >= 0 else next(rest) for row in splice.origins.tolist()]


def parts(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([*"".join(texts)], "<U1"), np.cumsum([0, *map(len, texts)])


@given(mixtures())
def test_an_array_is_joined_item_by_item(mixture: tuple[list[str], list[str], Splice]) -> None:
    earlier, fresh, splice = mixture
    joined = splice.join(np.array(earlier, "<U4"), np.array(fresh, "<U4"))
    assert joined.tolist() == spliced(earlier, fresh, splice)


@given(mixtures())
def test_what_items_consist_of_is_joined_item_by_item(mixture: tuple[list[str], list[str], Splice]) -> None:
    earlier, fresh, splice = mixture
    (old, old_starts), (new, new_starts) = parts(earlier), parts(fresh)
    wanted, wanted_starts = parts(spliced(earlier, fresh, splice))

    assert splice.join_parts(old, old_starts, new, new_starts).tolist() == wanted.tolist()
    assert splice.starts(old_starts, new_starts).tolist() == wanted_starts.tolist()
    assert splice.parts(old_starts, new_starts).join(old, new).tolist() == wanted.tolist()


@given(mixtures(), mixtures())
def test_one_sequence_follows_another(
    first: tuple[list[str], list[str], Splice], second: tuple[list[str], list[str], Splice]
) -> None:
    earlier, fresh = [*first[0], *second[0]], [*first[1], *second[1]]
    both = first[2].followed_by(second[2], len(first[0]))
    assert spliced(earlier, fresh, both) == [*spliced(*first), *spliced(*second)]


@given(mixtures())
def test_every_item_taken_over_has_its_row(mixture: tuple[list[str], list[str], Splice]) -> None:
    earlier, _, splice = mixture
    rows = splice.rows(len(earlier)).tolist()
    found = {row: place for place, row in enumerate(splice.origins.tolist()) if row >= 0}

    assert rows == [found.get(row, -1) for row in range(len(earlier))]
    assert sorted([*splice.added.tolist(), *found.values()]) == list(range(len(splice.origins)))
