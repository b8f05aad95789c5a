"""Compiled code kept on disk."""

import shutil
from pathlib import Path

import numba

from knowledge import (
    bags,
    blocks,
    kernels,
    leaders,
    material,
    numbering,
    postings,
    segmentation,
    shortlist,
    sums,
    tally,
    wordlist,
)
from knowledge.fingerprint import CODE


def keep_compiled(cache: Path) -> None:
    """Keep compiled code in `cache` from now on, so that only the first process ever pays for compiling.

    Without this everything works, compiled anew in each process (some ten seconds). numba's own choice, beside the
    source, fails where the program's folder is read-only; a folder named by NUMBA_CACHE_DIR goes before `cache`, and is
    to be emptied by hand after a change of the code.
    """
    if not getattr(numba.config, "CACHE_DIR", ""):
        # numba looks only at the file of a function, not at those of the functions it calls
        own = cache / "compiled" / f"{CODE}-{numba.__version__}"
        own.mkdir(parents=True, exist_ok=True)
        for other in set(own.parent.iterdir()) - {own}:
            shutil.rmtree(other, ignore_errors=True)
        setattr(numba.config, "CACHE_DIR", str(own))  # noqa: B010  # made at run time, unknown to type checkers
    for kernel in (
        postings.mark_postings,
        leaders.find_best,
        material.count_spans,
        numbering.number,
        numbering.put_back,
        numbering.pair_up,
        numbering.renumber,
        kernels.hash_spans,
        kernels.hash_pairs,
        bags.count_terms,
        bags.post_terms,
        tally.weigh,
        tally.merge_postings,
        kernels.hash_tokens,
        wordlist.fill_buckets,
        wordlist.find_rows,
        wordlist.find_terms,
        wordlist.weigh_terms,
        sums.score_all,
        sums.best_texts,
        kernels.fill_gains,
        blocks.mark_crests,
        shortlist.find_documents,
        kernels.chain_units,
        kernels.match_text,
        kernels.match_candidates,
        kernels.title_precision,
        segmentation.add_words,
        segmentation.cut_words,
        segmentation.cut_units,
    ):
        kernel.enable_caching()
