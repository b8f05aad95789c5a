import fcntl
from datetime import timedelta
from pathlib import Path

import pytest

from knowledge.chronicle import (
    Facts,
    alone,
    note_progress,
    note_switch,
    progress,
    read_facts,
    switches,
    write_facts,
)
from knowledge.errors import ReloadUnderWay
from knowledge.types import Band
from knowledge.upkeep import Progress, Stage, Switch, SwitchKind, TrialChange, TrialReport, TrialResult
from tests.fakes import MONDAY, FixedClock

AT_ONCE = timedelta(0)
PASSED = TrialResult("低保怎么办", "低保", passed=True, band=Band.ANSWER, found="低保")
FAILED = TrialResult("怎么炖排骨", "", passed=False, band=Band.ANSWER, found="低保")
FACTS = Facts(
    documents=3,
    passages=9,
    links=1,
    by="li",
    trials=TrialReport((TrialChange(PASSED, PASSED), TrialChange(None, FAILED))),
)
SWITCH = Switch(MONDAY, "li", SwitchKind.REFUSED, "一", "二", documents=3, broken=("低保怎么办",), reason="文件减少")
READING = Progress(Stage.READING, done=1, total=3, by="li", at=MONDAY)


def test_facts_are_given_back_as_they_were_written(tmp_path: Path) -> None:
    write_facts(tmp_path, FACTS)

    assert read_facts(tmp_path) == FACTS


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"documents": 1}', "\x00"])
def test_facts_that_cannot_be_read_are_none(tmp_path: Path, damage: str) -> None:
    (tmp_path / "facts.json").write_text(damage)

    assert read_facts(tmp_path) is None
    assert read_facts(tmp_path / "none") is None


def test_switches_are_given_back_newest_first(tmp_path: Path) -> None:
    other = Switch(MONDAY, "wang", SwitchKind.ROLLBACK, "二", "一")
    for switch in (SWITCH, other, SWITCH):
        note_switch(tmp_path, switch)

    assert switches(tmp_path, limit=2) == (SWITCH, other)
    assert switches(tmp_path / "none", limit=2) == ()


def test_a_line_cut_off_by_a_power_failure_is_left_out(tmp_path: Path) -> None:
    note_switch(tmp_path, SWITCH)
    with (tmp_path / "switches.jsonl").open("a") as record:
        record.write('{"at": "2026-03-02T01:00:00+00:00", "by\n')

    assert switches(tmp_path, limit=9) == (SWITCH,)


async def test_the_progress_of_another_process_is_seen(tmp_path: Path) -> None:
    assert progress(tmp_path, now=MONDAY) == Progress()
    async with alone(tmp_path, patience=AT_ONCE):
        note_progress(tmp_path, READING)
        assert progress(tmp_path, now=MONDAY) == READING
    note_progress(tmp_path, Progress(Stage.DONE, by="li", at=MONDAY, generation="一"))
    assert progress(tmp_path, now=MONDAY).stage is Stage.DONE


def test_a_process_that_is_gone_has_broken_off(tmp_path: Path) -> None:
    note_progress(tmp_path, READING)

    left = progress(tmp_path, now=MONDAY)
    assert (left.stage, left.running, left.by) == (Stage.BROKEN_OFF, False, "li")
    assert "中途结束" in left.reason


def test_a_process_has_some_time_to_start(tmp_path: Path) -> None:
    clock = FixedClock()
    note_progress(tmp_path, Progress(Stage.STARTING, by="li", at=clock()))

    assert progress(tmp_path, now=clock()).running
    clock.forward(minutes=3)
    assert progress(tmp_path, now=clock()).stage is Stage.BROKEN_OFF


@pytest.mark.parametrize("damage", ["", "[]", '{"stage": "飞"}', '{"stage": "检查", "at": 1, "done": 1}'])
def test_a_progress_that_cannot_be_read_is_none(tmp_path: Path, damage: str) -> None:
    (tmp_path / "progress.json").write_text(damage)

    assert progress(tmp_path, now=MONDAY) == Progress()


async def test_one_is_alone_until_the_end(tmp_path: Path) -> None:
    async with alone(tmp_path, patience=AT_ONCE):
        with pytest.raises(ReloadUnderWay):
            async with alone(tmp_path, patience=AT_ONCE):
                pass
    async with alone(tmp_path, patience=AT_ONCE):
        pass


async def test_who_is_patient_waits_for_the_other(tmp_path: Path) -> None:
    with (tmp_path / "reload.lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        waiting = alone(tmp_path, patience=timedelta(seconds=5))
        fcntl.flock(other, fcntl.LOCK_UN)
        async with waiting:
            with pytest.raises(BlockingIOError):
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
