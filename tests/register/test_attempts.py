from datetime import timedelta

from register.attempts import Attempts
from tests.fakes import FixedClock


def attempts(clock: FixedClock, *, room: int = 10) -> Attempts:
    return Attempts(clock, limit=3, window=timedelta(minutes=10), room=room)


def fail(counted: Attempts, key: str, times: int = 1) -> None:
    for _ in range(times):
        counted.note(key)


def test_the_last_allowed_failure_exhausts_a_key() -> None:
    counted = attempts(FixedClock())
    fail(counted, "a", 2)
    assert not counted.exhausted("a")
    fail(counted, "a")
    assert counted.exhausted("a")
    assert not counted.exhausted("b")


def test_a_key_may_try_again_when_its_first_failure_leaves_the_window() -> None:
    clock = FixedClock()
    counted = attempts(clock)
    fail(counted, "a")
    clock.forward(minutes=4)
    fail(counted, "a", 2)
    clock.forward(minutes=5, seconds=59)
    assert counted.exhausted("a")
    clock.forward(seconds=1)
    assert not counted.exhausted("a")


def test_keys_without_failures_in_the_window_are_forgotten() -> None:
    clock = FixedClock()
    counted = attempts(clock)
    fail(counted, "a", 3)
    clock.forward(minutes=10)
    assert not counted.exhausted("a")
    assert not counted._failed


def test_a_flood_of_keys_takes_no_more_than_the_room() -> None:
    counted = attempts(FixedClock(), room=2)
    for key in "abc":
        fail(counted, key, 3)
    assert [counted.exhausted(key) for key in "abc"] == [False, True, True]
