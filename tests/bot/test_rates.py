from hypothesis import given
from hypothesis import strategies as st

from bot.rates import Rates
from tests.fakes import FixedClock


def test_so_many_at_once_and_then_one_at_a_time() -> None:
    clock = FixedClock()
    rates: Rates[str] = Rates(now=clock, burst=2, per_minute=60)

    assert [rates.allow("li") for _ in range(3)] == [True, True, False]
    assert rates.allow("wang")
    clock.forward(seconds=1)
    assert [rates.allow("li") for _ in range(2)] == [True, False]


def test_a_refused_one_does_not_wait_longer_for_having_asked() -> None:
    clock = FixedClock()
    rates: Rates[str] = Rates(now=clock, burst=1, per_minute=60)
    rates.allow("li")
    for _ in range(9):
        clock.forward(seconds=0.1)
        assert not rates.allow("li")
    clock.forward(seconds=0.2)
    assert rates.allow("li")


def test_who_has_been_silent_is_forgotten() -> None:
    clock = FixedClock()
    rates: Rates[int] = Rates(now=clock, burst=5, per_minute=60, room=10)
    for who in range(30):
        rates.allow(who)
    assert len(rates) == 10
    clock.forward(seconds=6)
    rates.allow(99)
    assert len(rates) == 1


@given(st.lists(st.integers(0, 4000), max_size=60), st.integers(1, 5), st.integers(6, 120))
def test_nobody_goes_faster_than_allowed(waits: list[int], burst: int, per_minute: int) -> None:
    clock = FixedClock()
    rates: Rates[str] = Rates(now=clock, burst=burst, per_minute=per_minute)
    allowed, seconds = 0, 0.0
    for wait in waits:
        clock.forward(milliseconds=wait)
        seconds += wait / 1000
        allowed += rates.allow("li")
        assert allowed <= burst + seconds * per_minute / 60 + 1e-6
