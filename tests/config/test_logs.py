import json
import logging
from collections.abc import Iterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from config.logs import set_up


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging of the whole process is put back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("jieba", "alembic", "aiohttp.access")}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def test_a_record_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(json=True)

    logging.getLogger("bot.runtime").warning("库锁定\n第二行", extra={"channel": "wechat/main"})

    (line,) = capsys.readouterr().err.splitlines()
    content = json.loads(line)
    assert content["event"] == "库锁定\n第二行"
    assert (content["level"], content["logger"], content["channel"]) == ("warning", "bot.runtime", "wechat/main")
    assert "T" in content["timestamp"]


def test_an_error_with_its_trace_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(json=True)

    try:
        int("a bug")
    except ValueError:
        logging.getLogger("bot.runtime").exception("a handler failed")

    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError" in json.loads(line)["exception"]


def test_a_record_is_plain_text_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(json=False)

    logging.getLogger("bot.runtime").warning("库锁定", extra={"channel": "wechat/main"})
    try:
        int("a bug")
    except ValueError:
        logging.getLogger("bot.runtime").exception("a handler failed")

    text = capsys.readouterr().err
    assert "库锁定" in text.splitlines()[0]
    assert "channel=wechat/main" in text.splitlines()[0]
    assert "ValueError" in text
    assert "\x1b[" not in text


def test_setting_up_twice_writes_every_line_once(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(json=True)
    set_up(json=True)

    logging.getLogger("bot").info("started")

    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("name", ["jieba", "alembic.runtime.migration"])
def test_chatty_libraries_only_warn(capsys: pytest.CaptureFixture[str], name: str) -> None:
    set_up(json=True)

    logging.getLogger(name).info("Building prefix dict")

    assert not capsys.readouterr().err


async def test_the_address_of_a_request_is_never_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """It carries signatures and openids."""
    set_up(json=True)

    async def answer(_request: web.Request) -> web.Response:
        raise RuntimeError("a bug")

    app = web.Application()
    app.router.add_get("/", answer)
    async with TestClient(TestServer(app)) as client:
        await client.get("/", params={"signature": "s3cret", "openid": "o-anna"})

    text = capsys.readouterr().err
    assert "a bug" in text
    assert "s3cret" not in text
    assert "o-anna" not in text


@pytest.mark.parametrize("json_lines", [True, False])
def test_the_trace_of_an_error_shows_no_local_variable(capsys: pytest.CaptureFixture[str], *, json_lines: bool) -> None:
    set_up(json=json_lines)
    said = "身份证号" * 2

    try:
        int("gone")
    except ValueError:
        logging.getLogger("bot.runtime").exception("a handler failed")

    written = capsys.readouterr().err
    assert "ValueError: invalid literal" in written
    assert said not in written


@pytest.mark.parametrize("json", [True, False])
@pytest.mark.parametrize(
    "identity",
    [
        "11010519491231002X",
        "110105194912310021",
        "13800000000",
        "o6_bmjrPTlm6_2sgVt7hMZOPfL2M",
        "zhang@example.invalid",
    ],
)
def test_an_error_that_quotes_a_citizen_names_nobody(
    capsys: pytest.CaptureFixture[str], identity: str, *, json: bool
) -> None:
    set_up(json=json)

    try:
        int(f"看不懂“{identity}”")
    except ValueError:
        logging.getLogger("bot.runtime").exception("a handler failed: %s", identity)

    text = capsys.readouterr().err
    assert identity not in text
    assert "看不懂" in text


def test_numbers_of_cases_times_and_files_are_left_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(json=False)
    harmless = "浚县-2026-000001 generation 20261123-101500 took 1732356900 of 65601 documents, storage/outbox.py:148"

    logging.getLogger("bot.runtime").warning(harmless)

    assert harmless in capsys.readouterr().err


def test_a_long_word_in_a_quoted_error_is_gone_through_once(capsys: pytest.CaptureFixture[str]) -> None:
    """A pattern that begins anew at every sign takes minutes for it: the test's own time-out tells."""
    set_up(json=False)

    logging.getLogger("bot.runtime").warning("%s zhang.san@example.com", "a" * 100_000)

    assert "aaa ***" in capsys.readouterr().err
