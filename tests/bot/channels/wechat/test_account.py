from typing import Any

import pytest

from bot.channels.wechat.account import Account, Mode
from tests.bot.channels.wechat.payloads import KEY

GOOD: dict[str, Any] = {"name": "wechat/main", "app_id": "wx1", "token": "abc", "aes_keys": (KEY,)}


def test_a_complete_account_is_in_safe_mode_and_may_not_push() -> None:
    account = Account(**GOOD)
    assert account.mode is Mode.SAFE
    assert not account.verified


def test_plain_mode_needs_no_key() -> None:
    assert Account(**GOOD | {"aes_keys": (), "mode": Mode.PLAIN}).aes_keys == ()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"app_id": ""}, "app_id"),
        ({"token": ""}, "token"),
        ({"token": "ab"}, "token"),
        ({"token": "a" * 33}, "token"),
        ({"token": "with-dash"}, "token"),
        ({"aes_keys": ()}, "aes_key"),
        ({"aes_keys": (), "mode": Mode.COMPAT}, "aes_key"),
        ({"aes_keys": (KEY + "=",)}, "43"),
        ({"aes_keys": (KEY[:-1],)}, "43"),
        ({"aes_keys": (KEY[:-1] + "/",)}, "43"),
        ({"aes_keys": (KEY + "\n",)}, "43"),
        ({"aes_keys": (KEY, "")}, "43"),
    ],
)
def test_a_value_that_cannot_be_right_is_named_in_one_line(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as caught:
        Account(**GOOD | change)
    assert str(caught.value).startswith("wechat/main：")
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)
