import io

import pytest

from console.forms import cleaned, equal, whole_number
from tests.console.conftest import Office


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("一\r\n二\r三\n四\t五", "一\n二\n三\n四\t五"),
        ("a\x00b\x1b[31mc\x7fd\x85e", "ab[31mcde"),
        ("\ud800x", "x"),
        ("𠮷野家 é", "𠮷野家 é"),
    ],
)
def test_control_signs_and_foreign_line_ends_are_cleaned(sent: str, kept: str) -> None:
    assert cleaned(sent) == kept


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("0", 0), ("999999999", 999999999), ("1000000000", 1), ("", 1), ("-1", 1), ("７", 1)]
)
def test_only_plain_small_numbers_count(text: str, number: int) -> None:
    assert whole_number(text, otherwise=1) == number


def test_secrets_are_equal_only_when_there_are_any() -> None:
    assert equal("密a", "密a")
    assert not equal("a", "b")
    assert not equal("", "")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"reference=%FF%FE\xff&code=1", "application/x-www-form-urlencoded"),
        (b"reference=1", "application/x-www-form-urlencoded; charset=no-such"),
        (b"{}", "application/json"),
        (b"--x", "multipart/form-data; boundary=x"),
    ],
)
async def test_a_body_that_is_no_form_is_refused(office: Office, body: bytes, content_type: str) -> None:
    response = await office.visitor().client.post("/status", data=body, headers={"Content-Type": content_type})
    assert response.status == 400
    assert "看不懂这个请求" in await response.text()


async def test_a_form_that_is_too_large_is_refused(office: Office) -> None:
    body = io.BytesIO(b"reference=" + b"x" * 1024 * 1024)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    response = await office.visitor().client.post("/status", data=body, headers=form)
    assert response.status == 413
    assert "内容太大" in await response.text()
