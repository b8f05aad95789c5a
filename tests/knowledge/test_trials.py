from collections.abc import Sequence

import pytest

from knowledge.trials import compared, run_trials
from knowledge.types import Band
from knowledge.upkeep import Trial, TrialResult
from tests.fakes import MONDAY, ScriptedRetriever, a_document, a_finding, a_hit


def a_trial(document: str) -> Trial:
    return Trial("低保怎么办", document, by="li", at=MONDAY)


def a_result(*, passed: bool, question: str = "低保怎么办", document: str = "低保") -> TrialResult:
    return TrialResult(question, document, passed=passed, band=Band.ANSWER, found=document)


async def result(document: str, band: Band, shown: Sequence[str], near: Sequence[str] = ()) -> TrialResult:
    finding = a_finding(
        "低保怎么办",
        band,
        hits=tuple(a_hit(a_document(one)) for one in shown),
        near_misses=tuple(a_hit(a_document(one)) for one in near),
    )
    (only,) = await run_trials(ScriptedRetriever({"低保怎么办": finding}), [a_trial(document)])
    return only


@pytest.mark.parametrize(
    ("document", "band", "shown", "near", "passed", "found"),
    [
        ("a", Band.ANSWER, "ab", "", True, "a"),
        ("b", Band.ANSWER, "ab", "", True, "a"),
        ("b", Band.CONFIRM, "ab", "c", True, "a"),
        ("c", Band.CONFIRM, "ab", "c", False, "a"),
        ("c", Band.ESCALATE, "", "c", False, "c"),
        ("", Band.ANSWER, "a", "", False, "a"),
        ("", Band.CONFIRM, "a", "", True, "a"),
        ("", Band.ESCALATE, "", "", True, ""),
    ],
)
async def test_a_trial_passes_when_its_document_is_shown_or_nothing_is_the_answer(
    document: str, band: Band, shown: str, near: str, *, passed: bool, found: str
) -> None:
    tried = await result(document, band, shown, near)

    assert (tried.passed, tried.found, tried.band) == (passed, found, band)


def test_results_are_compared_by_question_and_document() -> None:
    before = [
        a_result(passed=True),
        a_result(passed=False, question="公积金"),
        a_result(passed=True, question="养老金"),
    ]
    after = [
        a_result(passed=False),
        a_result(passed=True, question="公积金"),
        a_result(passed=False, question="养老金", document="别的"),
    ]

    report = compared(before, after)
    assert [change.after.question for change in report.broken] == ["低保怎么办"]
    assert [change.after.question for change in report.fixed] == ["公积金"]
    assert (report.total, report.passed) == (3, 1)
    assert report.changes[2].before is None
