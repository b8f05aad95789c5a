import pytest

from tests.handlers.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()
