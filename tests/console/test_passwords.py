import pytest

from console.passwords import Passwords, Weakness, weakness
from tests.console.conftest import cheap_passwords


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("Abcdef-123", None),
        ("abcdefg-123", None),
        ("政务公开Abc12345", None),
        ("Abcde-123", Weakness.SHORT),
        ("", Weakness.SHORT),
        ("abcdefghijk1", Weakness.SIMPLE),
        ("ABCDEFGHIJKLM", Weakness.SIMPLE),
        ("x-" * 65 + "1A", Weakness.LONG),
        ("LiWei-12345", Weakness.NAME),
        ("12345-ｌｉｗｅｉ-A", Weakness.NAME),
    ],
)
def test_the_policy(password: str, expected: Weakness | None) -> None:
    assert weakness(password, name="liwei") is expected


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return cheap_passwords()


async def test_only_the_right_password_fits_its_hash(passwords: Passwords) -> None:
    kept = await passwords.hash("Right-Horse-7")
    assert "Right-Horse-7" not in kept
    assert await passwords.verify("Right-Horse-7", kept)
    assert await passwords.verify("Ｒｉｇｈｔ-Horse-7", kept)
    assert not await passwords.verify("right-horse-7", kept)


async def test_a_damaged_hash_fits_nothing(passwords: Passwords) -> None:
    assert not await passwords.verify("x", "not a hash")


async def test_nobody_knows_the_password_of_nobody(passwords: Passwords) -> None:
    assert passwords.nobody != cheap_passwords().nobody
    assert not await passwords.verify("", passwords.nobody)


async def test_the_default_is_argon2id_at_the_cost_of_rfc_9106() -> None:
    assert Passwords().nobody.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
