import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.answerability import COEFFICIENTS, probability
from knowledge.calibration import FEWEST, Reliability, calibrate, load_coefficients
from knowledge.errors import TooFewVerdicts
from knowledge.types import AnswerRecord

RECORD = AnswerRecord(
    id="a1",
    at="2026-03-02T09:00:00+08:00",
    channel="web",
    question="低保怎么申请",
    normalised="低保怎么申请",
    status="answered_search",
    route="search",
    band="answer",
    probability=0.9,
    generation="g1",
    used=(),
    near_misses=(),
    features={},
)


def judged(count: int, shift: float, *, seed: int = 1) -> list[AnswerRecord]:
    """Answers whose questions are solved as often as the shipped coefficients say, moved by `shift`."""
    chance = np.random.default_rng(seed)
    records = []
    for number in range(count):
        features = {name: chance.random() * 0.5 for name in COEFFICIENTS if name != "bias"}
        features |= {"margin": chance.random(), "lead": chance.random()}
        logit = math.log((foretold := probability(features)) / (1 - foretold)) + shift
        solved = bool(chance.random() < 1 / (1 + math.exp(-logit)))
        records.append(replace(RECORD, id=f"a{number}", features=features, resolved=solved))
    return records


def test_an_office_whose_answers_help_less_learns_to_be_less_sure() -> None:
    records = judged(600, -1.5)
    calibration = calibrate(records)

    assert calibration.better
    assert calibration.verdicts == 600
    before = [probability(record.features) for record in records]
    after = [probability(record.features, calibration.coefficients) for record in records]
    share = sum(bool(record.resolved) for record in records) / len(records)
    assert abs(sum(after) / 600 - share) < 0.01 < abs(sum(before) / 600 - share)


def test_the_tables_hold_every_answer_before_and_after() -> None:
    calibration = calibrate(judged(600, -1.5))

    for table in (calibration.before, calibration.after):
        assert sum(row.answers for row in table) == 600
        assert all(row.lowest <= row.foretold <= row.highest for row in table)
    assert off(calibration.after) < off(calibration.before) / 2
    assert "重新校准后" in calibration.text()


def off(table: Sequence[Reliability]) -> float:
    return sum(row.answers * abs(row.foretold - row.solved) for row in table)


def test_where_the_shipped_coefficients_are_right_they_stay_nearly_as_they_are() -> None:
    calibration = calibrate(judged(400, 0.0))

    assert calibration.loss_after == pytest.approx(calibration.loss_before, abs=0.02)


def test_too_few_verdicts_teach_nothing() -> None:
    with pytest.raises(TooFewVerdicts, match="99 条"):
        calibrate(judged(FEWEST - 1, 0.0))
    with pytest.raises(TooFewVerdicts, match="其中较少的一种 0 条"):
        calibrate([replace(record, resolved=True) for record in judged(300, 0.0)])


@pytest.mark.parametrize(
    "change",
    [{"resolved": None}, {"route": "exact"}, {"status": "answered_chosen"}, {"features": {"content": 0.5}}],
)
def test_answers_that_say_nothing_about_the_search_do_not_count(change: dict[str, object]) -> None:
    with pytest.raises(TooFewVerdicts, match="0 条"):
        calibrate([replace(record, **change) for record in judged(300, 0.0)])  # type: ignore[arg-type]  # one field each


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    calibration = calibrate(judged(300, -1.0))
    calibration.save(tmp_path / "calibration.json")

    assert load_coefficients(tmp_path / "calibration.json") == calibration.coefficients
    assert [file.name for file in tmp_path.iterdir()] == ["calibration.json"]


@pytest.mark.parametrize(
    "written",
    ["", "[]", '{"coefficients": {"bias": 1}}', json.dumps({"coefficients": dict.fromkeys(COEFFICIENTS, "x")})],
)
def test_a_file_that_does_not_fit_leaves_the_shipped_coefficients(
    tmp_path: Path, written: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "calibration.json").write_text(written, encoding="utf-8")

    assert load_coefficients(tmp_path / "calibration.json") == COEFFICIENTS
    assert "does not fit" in caplog.text


def test_without_a_file_the_shipped_coefficients_count_in_silence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert load_coefficients(tmp_path / "none.json") == COEFFICIENTS
    assert not caplog.text
