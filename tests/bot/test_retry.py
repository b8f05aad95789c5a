import pytest

from bot.errors import Unavailable
from bot.retry import persistently


class Attempt:
    def __init__(self, failures: int, error: Exception) -> None:
        self.failures = failures
        self.error = error
        self.tries = 0

    async def __call__(self) -> str:
        self.tries += 1
        if self.tries <= self.failures:
            raise self.error
        return "done"


async def test_a_store_is_tried_once_more_after_each_pause() -> None:
    attempt = Attempt(2, Unavailable("locked"))

    assert await persistently(attempt, (0, 0)) == "done"
    assert attempt.tries == 3


async def test_the_last_failure_is_raised() -> None:
    with pytest.raises(Unavailable):
        await persistently(Attempt(2, Unavailable("locked")), (0,))


async def test_other_errors_are_not_tried_again() -> None:
    attempt = Attempt(1, ValueError("a bug"))

    with pytest.raises(ValueError, match="a bug"):
        await persistently(attempt, (0, 0))
    assert attempt.tries == 1
