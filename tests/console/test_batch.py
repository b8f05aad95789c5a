from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.batch import FILE, MOST_FINDINGS, MOST_ROWS, SILENT, Batch, Phase, Row
from knowledge.types import Concern, ConcernKind, ImportRow, Outcome
from tests.fakes import MONDAY, a_document


def a_row(folder: Path, result: Outcome = Outcome.CREATED, findings: int = 0) -> ImportRow:
    concerns = tuple(Concern(number, ConcernKind.MOBILE, "138****", number) for number in range(1, findings + 1))
    return ImportRow(f"{folder}/0001/甲.md:3", result, f"与 {folder}/0002/乙.md 重复", a_document("甲"), concerns)


def test_a_state_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    rows = [a_row(tmp_path, findings=2), a_row(tmp_path, Outcome.REFUSED)]
    batch = Batch("li", MONDAY, Phase.READY, 1, 2).ended(rows, tmp_path)
    batch.save(tmp_path)
    assert Batch.load(tmp_path) == batch
    assert batch.new == 1


def test_a_row_does_not_tell_where_the_files_lie(tmp_path: Path) -> None:
    row = Row.of(a_row(tmp_path), tmp_path)
    assert row.path == "甲.md:3"
    assert row.reason == "与 乙.md 重复"


def test_many_findings_are_counted_and_not_shown(tmp_path: Path) -> None:
    row = Row.of(a_row(tmp_path, findings=MOST_FINDINGS + 3), tmp_path)
    assert len(row.findings) == MOST_FINDINGS
    assert row.more_findings == 3
    assert row.findings[0] == "手机号（第 1 行）138****"


def test_rows_that_need_a_look_come_first(tmp_path: Path) -> None:
    given = [a_row(tmp_path, result) for result in Outcome]
    batch = Batch("li", MONDAY, Phase.READY).ended(given, tmp_path)
    assert [row.result for row in batch.rows] == ["refused", "removed", "updated", "created", "unchanged"]


@pytest.mark.parametrize("phase", Phase)
def test_one_that_went_silent_while_it_was_running_has_failed(phase: Phase) -> None:
    batch = Batch("li", MONDAY, phase)
    assert batch.now(MONDAY + SILENT).phase is phase
    running = phase in {Phase.READING, Phase.STORING}
    assert batch.now(MONDAY + SILENT + timedelta(seconds=1)) == (
        replace(batch, phase=Phase.FAILED) if running else batch
    )


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"rows": [{}]}'])
def test_a_state_that_cannot_be_read_is_none(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / FILE).write_text(text)
    assert Batch.load(tmp_path) is None


def test_of_very_many_rows_the_first_are_kept_and_all_are_counted(tmp_path: Path) -> None:
    given = [*[a_row(tmp_path)] * (MOST_ROWS + 5), a_row(tmp_path, Outcome.REFUSED)]
    batch = Batch("li", MONDAY, Phase.READY).ended(given, tmp_path)
    batch.save(tmp_path)

    assert Batch.load(tmp_path) == batch
    assert (len(batch.rows), batch.more, batch.new) == (MOST_ROWS, 6, MOST_ROWS + 5)
    assert batch.counted(Outcome.REFUSED) == 1
    assert batch.rows[0].result is Outcome.REFUSED
