"""The saved test questions, asked of a generation."""

import asyncio
from collections.abc import Mapping, Sequence

from knowledge.ports import Retriever
from knowledge.types import Band
from knowledge.upkeep import Trial, TrialChange, TrialReport, TrialResult


async def run_trials(retriever: Retriever, trials: Sequence[Trial]) -> tuple[TrialResult, ...]:
    """Return what the retriever's generation does with each trial."""
    return tuple([await _run(retriever, trial) for trial in trials])


async def _run(retriever: Retriever, trial: Trial) -> TrialResult:
    # citizens' questions come between: hundreds of trials are a second of work
    await asyncio.sleep(0)
    finding = await retriever.find(trial.question)
    shown = [hit.passage.document.id for hit in finding.hits]
    found = [*shown, *(hit.passage.document.id for hit in finding.near_misses)]
    passed = trial.document in shown if trial.document else finding.band is not Band.ANSWER
    return TrialResult(
        question=trial.question,
        document=trial.document,
        passed=passed,
        band=finding.band,
        found=found[0] if found else "",
    )


def compared(before: Sequence[TrialResult], after: Sequence[TrialResult]) -> TrialReport:
    """Return the results beside those of before for the same question and document, in the order of `after`."""
    known: Mapping[tuple[str, str], TrialResult] = {(result.question, result.document): result for result in before}
    return TrialReport(
        tuple(TrialChange(before=known.get((result.question, result.document)), after=result) for result in after)
    )
