from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.wechat.verdicts import VERDICTS, TooLong, Verdict, refusal
from bot.errors import DeliveryFailed, Unreachable, WindowClosed
from tests.fakes import MONDAY


def of(code: int, now: datetime = MONDAY) -> DeliveryFailed:
    return refusal(code, VERDICTS.get(code), now=now)


@pytest.mark.parametrize("code", [45015, 45047, 48001, 40200])
def test_who_cannot_be_pushed_to_now_is_unreachable(code: int) -> None:
    assert isinstance(of(code), Unreachable)
    assert str(code) in of(code).reason
    assert isinstance(of(code), WindowClosed) == (code == 45015)


@pytest.mark.parametrize("code", [40003, 43004, 43101, 48002, 70000])
def test_who_can_never_be_reached_is_given_up(code: int) -> None:
    assert type(of(code)) is DeliveryFailed
    assert of(code).retry_after is None


@pytest.mark.parametrize(
    ("code", "minutes"),
    [(-1, 0.5), (40001, 1), (40014, 1), (42001, 1), (45011, 1), (40164, 10), (89503, 10), (50007, 10), (12345, 10)],
)
def test_what_may_go_well_later_is_tried_again(code: int, minutes: float) -> None:
    assert of(code).retry_after == timedelta(minutes=minutes)


def test_a_used_up_day_is_waited_out_until_midnight_in_beijing() -> None:
    evening = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
    assert of(45009, evening).retry_after == timedelta(minutes=30)
    assert of(45009, evening + timedelta(minutes=30)).retry_after == timedelta(days=1)


def test_a_text_that_is_too_long_is_told_apart() -> None:
    assert isinstance(of(45002), TooLong)


def test_every_verdict_has_words_for_staff() -> None:
    for code, verdict in VERDICTS.items():
        assert verdict in Verdict
        assert refusal(code, verdict, now=MONDAY).reason.endswith(f"（{code}）")
