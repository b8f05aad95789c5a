import logging

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.errors import Unavailable
from console.app import guard
from console.door import Handler
from console.pages import Pages
from console.site import Site
from register.errors import IllegalTransition, MissingNote, RegisterError, StaleCase, UnknownCase
from tests.console.conftest import Office
from tests.console.markup import read


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (UnknownCase("secret"), 404, "没有这个页面"),
        (StaleCase("secret"), 409, "事情已有变化"),
        (IllegalTransition("secret", "secret"), 409, "事情已有变化"),
        (MissingNote("secret"), 400, "看不懂这个请求"),
        (RegisterError("secret"), 500, "系统出错了"),
        (Unavailable("secret"), 503, "系统暂时繁忙"),
        (RuntimeError("secret"), 500, "系统出错了"),
        (web.HTTPForbidden(text="secret"), 403, "没有权限"),
        (web.HTTPGone(text="secret"), 410, "看不懂这个请求"),
        (web.HTTPBadGateway(text="secret"), 502, "系统出错了"),
    ],
)
async def test_every_error_is_a_page_that_tells_nothing_inside(error: Exception, status: int, title: str) -> None:
    async def fail(_request: web.Request) -> web.Response:
        raise error

    app = web.Application(middlewares=[guard(Pages(Site("办公室"), base=""))])
    app.router.add_get("/", fail)
    async with TestClient(TestServer(app)) as client:
        response = await client.get("/")
        text = await response.text()
    assert response.status == status
    assert read(text).one("h1").text == title
    assert "secret" not in text
    assert response.headers["Content-Security-Policy"]


async def test_an_unexpected_error_is_logged_with_its_trace(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.chat.replies = [RuntimeError("broken")]
    with caplog.at_level(logging.ERROR, "console.app"):
        await office.visitor().send("/", "/#log", status=500, text="问")
    assert caplog.records[0].exc_info


@pytest.mark.parametrize("error", [Unavailable("down"), RuntimeError("broken")])
@pytest.mark.parametrize(
    ("path", "logged"), [("/console/invite/opens-the-door", "/console/invite/{token}"), ("/x", "-")]
)
async def test_an_error_is_logged_with_its_route_and_without_the_secrets_in_the_path(
    error: Exception, path: str, logged: str, caplog: pytest.LogCaptureFixture
) -> None:
    @web.middleware
    async def fail(request: web.Request, handler: Handler) -> web.StreamResponse:
        raise error

    async def never(_request: web.Request) -> web.Response:
        raise NotImplementedError

    pages = Pages(Site("办公室"), base="")
    console = web.Application()
    console.router.add_get("/invite/{token}", never)
    app = web.Application(middlewares=[guard(pages), fail])
    app.add_subapp("/console", console)
    with caplog.at_level(logging.ERROR, "console.app"):
        async with TestClient(TestServer(app)) as client:
            await client.get(path)
    assert caplog.messages[0].endswith(f" {logged}")
    assert "opens-the-door" not in caplog.text


@pytest.mark.parametrize("path", ["/console/nowhere", "/console/cases"])
async def test_an_unknown_address_gets_a_chinese_page(office: Office, path: str) -> None:
    page = await office.visitor().get(path, status=404)
    assert page.one("h1").text == "没有这个页面"


async def test_a_wrong_method_gets_a_chinese_page(office: Office) -> None:
    page = await office.visitor().post("/console/queue", status=405)
    assert page.one("h1").text == "不能这样操作"
