from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.blocks import BLOCK, STEPS, Blocks
from knowledge.level import Field

# the first search of a process compiles
pytestmark = pytest.mark.timeout(60)
texts = st.lists(st.text(alphabet="低保申请材料", max_size=20), max_size=3 * BLOCK)


@settings(deadline=None, max_examples=50)
@given(st.lists(texts, min_size=1, max_size=20))
def test_no_text_of_a_block_has_more_of_a_term_than_the_crest_says(documents: list[list[str]]) -> None:
    firsts = np.cumsum([0, *map(len, documents)])
    blocks = Blocks.of(firsts)
    passages = Field.over([list(text) for texts in documents for text in texts])
    whole = Field.over([list("".join(texts)) for texts in documents])
    owners = np.repeat(np.arange(len(documents)), np.diff(firsts))

    for field, crests, rows in (
        (passages, blocks.passage_crests(passages.postings), np.arange(len(owners))),
        (whole, blocks.document_crests(whole.postings), owners),
    ):
        for term, (first, last) in enumerate(pairwise(field.postings.starts)):
            impacts = np.zeros(field.corpus_size)
            impacts[field.postings.documents[first:last]] = field.postings.impacts[first:last]
            place, peak = field.postings.places[term], field.postings.peaks[term]
            if place >= 0:
                most = np.repeat(crests[place].astype(float), BLOCK)[: len(owners)] * peak / STEPS
                assert (most >= impacts[rows] * 0.99999).all()


@given(st.lists(st.integers(0, 3 * BLOCK), min_size=1, max_size=30))
def test_every_document_stands_in_each_block_that_has_a_passage_of_it(counts: list[int]) -> None:
    firsts = np.cumsum([0, *counts])
    blocks = Blocks.of(firsts)

    for document, (first, last) in enumerate(pairwise(firsts)):
        inside = sorted({passage // BLOCK for passage in range(first, last)})
        if inside:
            assert (blocks.begins[document], blocks.ends[document]) == (inside[0], inside[-1])
        for block in inside:
            assert blocks.firsts[block] <= document < blocks.lasts[block]
