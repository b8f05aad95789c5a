from http.cookies import Morsel

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from console.app import create_console
from console.ports import Role
from console.site import Site
from tests.console.conftest import PASSWORD, Office, Visitor, cheap_passwords, hidden

LOGIN = "/console/login"


def cookie(visitor: Visitor, name: str) -> Morsel[str]:
    assert visitor.last
    steps = [*visitor.last.history, visitor.last]
    return next(step.cookies[name] for step in steps if name in step.cookies)


async def test_an_invitation_becomes_an_account_that_can_log_in(office: Office) -> None:
    token = await office.auth.invite(Role.ADMINISTRATOR)
    visitor = office.visitor()
    page = await visitor.get(f"/console/invite/{token}")
    form = page.one("form")

    page = await visitor.post(f"/console/invite/{token}", hidden(form), name="chen", password=PASSWORD, again=PASSWORD)
    assert visitor.path == "/console/login?created"
    assert "账号已建好" in page.text

    page = await visitor.send(LOGIN, LOGIN, name="chen", password=PASSWORD)
    assert visitor.path == "/console"
    assert page.one("h1").text == "工作台"

    await visitor.get(f"/console/invite/{token}", status=410)
    await visitor.post(f"/console/invite/{token}", status=410)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"password": "short", "again": "short"}, "密码太短，至少 10 个字符。"),
        ({"password": PASSWORD, "again": PASSWORD + "x"}, "两次输入的密码不一样。"),
        ({"name": "system", "password": PASSWORD, "again": PASSWORD}, "用户名只能用文字、数字、点、横线和下划线"),
        ({"password": PASSWORD, "again": PASSWORD, "csrf": "forged"}, "页面已失效"),
    ],
)
async def test_what_is_wrong_with_a_new_account_is_said_and_the_name_kept(
    office: Office, fields: dict[str, str], message: str
) -> None:
    token = await office.auth.invite(Role.OFFICER)
    visitor = office.visitor()
    form = (await visitor.get(f"/console/invite/{token}")).one("form")

    page = await visitor.post(f"/console/invite/{token}", hidden(form) | {"name": "chen"} | fields, status=422)

    assert message in page.one("p", role="alert").text
    assert page.one("input", id="name").attributes["value"] == fields.get("name", "chen")
    assert not await office.accounts.count()


async def test_a_made_up_invitation_opens_nothing(office: Office) -> None:
    page = await office.visitor().get("/console/invite/guess", status=410)
    assert page.one("h1").text == "链接已失效"


async def test_a_wrong_password_and_an_unknown_name_get_the_same_page(office: Office) -> None:
    await office.account(Role.OFFICER, "li")
    visitor = office.visitor()
    wrong = await visitor.send(LOGIN, LOGIN, status=401, name="li", password="wrong")
    unknown = await visitor.send(LOGIN, LOGIN, status=401, name="la", password="wrong")
    assert wrong.one("p", role="alert").text == unknown.one("p", role="alert").text == "用户名或密码不对。"


async def test_the_sixth_guess_from_one_address_is_not_looked_at(office: Office) -> None:
    await office.account(Role.OFFICER, "li")
    visitor = office.visitor()
    for _ in range(5):
        await visitor.send(LOGIN, LOGIN, status=401, name="other", password="wrong")
    page = await visitor.send(LOGIN, LOGIN, status=429, name="li", password=PASSWORD)
    assert "10 分钟" in page.one("p", role="alert").text


async def test_a_login_from_another_site_is_refused(office: Office) -> None:
    await office.account(Role.OFFICER, "li")
    visitor = office.visitor()
    await visitor.post(LOGIN, status=403, name="li", password=PASSWORD)
    await visitor.post(LOGIN, status=403, name="li", password=PASSWORD, csrf="forged")


async def test_the_login_cookie_is_out_of_reach_of_scripts_and_other_sites(office: Office) -> None:
    visitor = await office.staff(Role.OFFICER)
    morsel = cookie(visitor, "zhengda_staff")
    assert morsel["httponly"]
    assert morsel["samesite"] == "Strict"
    assert morsel["path"] == "/console"
    assert not morsel["max-age"]
    assert not morsel["secure"]


async def test_cookies_are_secure_and_transport_strict_unless_told_otherwise(office: Office) -> None:
    console = create_console(
        accounts=office.accounts,
        desk=office.desk,
        counter=office.counter,
        journal=office.journal,
        retriever=office.retriever,
        knowledge=office.knowledge,
        site=Site("办公室"),
        now=office.clock,
        passwords=cheap_passwords(),
    )
    app = web.Application()
    app.add_subapp("/console", console)
    async with TestClient(TestServer(app)) as client:
        response = await client.get("/console/login")
        assert response.cookies["zhengda_form"]["secure"]
        assert response.headers["Strict-Transport-Security"] == "max-age=31536000"


async def test_a_new_login_takes_the_place_of_the_old_one(office: Office) -> None:
    visitor = await office.staff(Role.OFFICER)
    old = cookie(visitor, "zhengda_staff").value
    await visitor.send(LOGIN, LOGIN, name="li", password=PASSWORD)
    new = cookie(visitor, "zhengda_staff").value
    assert new != old
    assert await office.auth.staff(new)
    assert await office.auth.staff(old) is None


async def test_logging_out_ends_the_login_on_the_server(office: Office) -> None:
    visitor = await office.staff(Role.OFFICER)
    value = cookie(visitor, "zhengda_staff").value
    await visitor.send("/console", "/console/logout")
    assert visitor.path == LOGIN
    assert await office.auth.staff(value) is None
    await visitor.get("/console")
    assert visitor.path == "/console/login?next=/console"


async def test_after_the_login_the_page_that_was_wanted_is_shown(office: Office) -> None:
    await office.account(Role.OFFICER, "li")
    visitor = office.visitor()
    page = await visitor.get("/console/queue?status=all")
    await visitor.post(LOGIN, hidden(page.one("form")), name="li", password=PASSWORD)
    assert visitor.path == "/console/queue?status=all"


async def test_a_login_never_leads_to_another_site(office: Office) -> None:
    await office.account(Role.OFFICER, "li")
    visitor = office.visitor()
    await visitor.send("/console/login?next=//evil.example/console/", LOGIN, name="li", password=PASSWORD)
    assert visitor.path == "/console"
