from console.auth import Refusal
from console.ports import Role
from tests.console.conftest import PASSWORD, Office, Visitor, hidden
from tests.console.markup import Element

PLACE = "/console/accounts"


async def test_an_administrator_invites_with_a_link_that_is_shown_once(office: Office) -> None:
    visitor = await office.staff(Role.ADMINISTRATOR)
    page = await visitor.send(PLACE, PLACE, role="editor")
    link = page.one("code", id="invitation").text
    assert link.startswith(str(office.server.make_url("/console/invite/")))
    assert await office.auth.invited(link.rpartition("/")[2]) is Role.EDITOR
    assert not (await visitor.get(PLACE)).all("code", id="invitation")


async def test_the_accounts_are_listed_with_role_and_lock(office: Office) -> None:
    visitor = await office.staff(Role.ADMINISTRATOR, "chen")
    await office.account(Role.OFFICER, "li")
    for number in range(5):
        await office.auth.log_in("li", "wrong", address=f"a{number}")
    rows = (await visitor.get(PLACE)).one("tbody").all("tr")
    assert [[cell.text for cell in row.all("td")][:3] for row in rows] == [
        ["chen", "系统管理", "正常"],
        ["li", "承办", "锁定至 2026-03-02 09:10"],
    ]


async def test_a_role_that_does_not_exist_is_refused(office: Office) -> None:
    visitor = await office.staff(Role.ADMINISTRATOR)
    await visitor.send(PLACE, PLACE, status=400, role="emperor")


async def disable(visitor: Visitor, *, status: int = 200, name: str, disabled: str) -> Element:
    token = hidden((await visitor.get(PLACE)).one("form", action=PLACE))
    return await visitor.post(f"{PLACE}/disable", token, status=status, name=name, disabled=disabled)


async def test_a_disabled_account_is_out_at_once_and_may_be_let_in_again(office: Office) -> None:
    officer = await office.staff(Role.OFFICER, "li")
    visitor = await office.staff(Role.ADMINISTRATOR, "chen")
    await disable(visitor, name="li", disabled="1")

    page = await officer.get("/console/queue")
    assert page.one("h1").text == "登录"
    assert await office.auth.log_in("li", PASSWORD, address="a") is Refusal.WRONG
    assert "已停用" in (await visitor.get(PLACE)).text
    await disable(visitor, name="li", disabled="")
    assert isinstance(await office.auth.log_in("li", PASSWORD, address="b"), str)


async def test_the_last_administrator_stays(office: Office) -> None:
    visitor = await office.staff(Role.ADMINISTRATOR, "chen")
    page = await disable(visitor, status=422, name="chen", disabled="1")
    assert "唯一的管理员" in page.text
    await office.account(Role.ADMINISTRATOR, "zhao")
    await disable(visitor, name="zhao", disabled="1")
    await disable(visitor, status=422, name="chen", disabled="1")
