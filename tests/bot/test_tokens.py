import base64
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tokens import Tokens, kept_secret


def counting() -> Callable[[int], bytes]:
    numbers = itertools.count(1)
    return lambda length: next(numbers).to_bytes(length, "big")


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(b"secret", counting())


def test_a_token_stands_for_one_visitor_and_tells_them_apart(tokens: Tokens) -> None:
    first, second = tokens.issue(), tokens.issue()

    assert tokens.subject(first) == f"{1:032x}"
    assert tokens.subject(second) == f"{2:032x}"


def test_a_token_is_safe_in_an_address(tokens: Tokens) -> None:
    assert all(letter.isalnum() or letter in "-_" for letter in tokens.issue())


def test_a_token_of_another_secret_is_refused(tokens: Tokens) -> None:
    assert Tokens(b"other", counting()).subject(tokens.issue()) is None


def test_a_token_with_another_subject_is_refused(tokens: Tokens) -> None:
    raw = base64.urlsafe_b64decode(tokens.issue() + "=")
    forged = base64.urlsafe_b64encode(bytes(16) + raw[16:]).decode().rstrip("=")

    assert tokens.subject(forged) is None


def test_every_truncated_or_lengthened_token_is_refused(tokens: Tokens) -> None:
    token = tokens.issue()

    assert [tokens.subject(token[:length]) for length in range(len(token))] == [None] * len(token)
    assert tokens.subject(token + "AAAA") is None


@pytest.mark.parametrize("token", ["", "=", "A", "訪客", "\ud800", "a b", "\x00"])
def test_what_is_no_token_is_refused(tokens: Tokens, token: str) -> None:
    assert tokens.subject(token) is None


@given(st.text())
def test_no_text_is_taken_for_a_token_by_chance(text: str) -> None:
    assert Tokens(b"secret", counting()).subject(text) is None


# the key


def test_a_key_is_made_once_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    first = kept_secret(file, lambda length: b"a" * length)

    assert first == b"61" * 32
    assert kept_secret(file, lambda length: b"b" * length) == first
    assert file.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [file]


def test_of_two_processes_that_make_a_key_one_wins(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"

    def slower(length: int) -> bytes:
        kept_secret(file, lambda length: b"a" * length)
        return b"b" * length

    assert kept_secret(file, slower) == b"61" * 32
