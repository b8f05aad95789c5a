import pytest

from console.auth import Refusal
from console.journal import Deed, Field
from console.ports import APART, Role
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
    assert [[cell.text for cell in row.all("td")][:4] for row in rows] == [
        ["chen", "系统管理", "全单位", "正常"],
        ["li", "承办", "全单位", "锁定至 2026-03-02 09:10"],
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


async def test_an_invitation_names_the_department_and_the_account_belongs_to_it(office: Office) -> None:
    visitor = await office.staff(Role.ADMINISTRATOR, "chen")
    page = await visitor.send(PLACE, PLACE, role="officer", department="县民政局")
    token = page.one("code", id="invitation").text.rpartition("/")[2]
    guest, place = office.visitor(), f"/console/invite/{token}"
    form = (await guest.get(place)).one("form", method="post")
    await guest.post(place, hidden(form), name="wang", password=PASSWORD, again=PASSWORD)

    account = await office.accounts.get("wang")
    assert account
    assert (account.role, account.department) == (Role.OFFICER, "县民政局")
    await visitor.send(PLACE, PLACE, status=400, role="officer", department="没有的局")


async def test_the_security_manager_gives_another_role_and_department_and_ends_the_login(office: Office) -> None:
    officer = await office.staff(Role.OFFICER, "wang")
    visitor = await office.staff(Role.SECURITY, "zhou")
    page = await visitor.get(PLACE)
    (form,) = page.all("form", action=f"{PLACE}/appoint")
    await visitor.post(f"{PLACE}/appoint", hidden(form), role="intake", department="县住建局")

    account = await office.accounts.get("wang")
    assert account
    assert (account.role, account.department) == (Role.INTAKE, "县住建局")
    assert (await officer.get("/console/queue")).one("h1").text == "登录"
    assert not page.all("form", action=PLACE)
    (entry, *_) = (await office.journal.trail(subject="wang")).entries
    assert (entry.actor, entry.step, entry.note) == ("zhou", Deed.APPOINT, "承办 → 受理 县住建局")


@pytest.mark.parametrize("role", APART)
async def test_the_three_administrative_roles_never_change_hands(office: Office, role: Role) -> None:
    visitor = await office.staff(Role.SECURITY, "zhou")
    await office.account(role, "wang")
    await office.account(Role.OFFICER, "li")
    token = hidden((await visitor.get(PLACE)).all("form", action=f"{PLACE}/appoint")[0])
    for name, wanted in (("wang", "officer"), ("li", role), ("zhou", "officer"), ("nobody", "officer")):
        page = await visitor.post(f"{PLACE}/appoint", token, status=422, name=name, role=wanted, department="")
        assert "不能这样调整" in page.text
    kept = {account.name: account.role for account in await office.accounts.all()}
    assert kept == {"zhou": Role.SECURITY, "wang": role, "li": Role.OFFICER}


async def test_what_is_done_to_accounts_is_written_down(office: Office) -> None:
    visitor = await office.staff(Role.ADMINISTRATOR, "chen")
    await office.account(Role.OFFICER, "li")
    await visitor.send(PLACE, PLACE, role="editor")
    await disable(visitor, name="li", disabled="1")
    await disable(visitor, name="li", disabled="")

    entries = (await office.journal.trail(field=Field.OFFICE)).entries
    assert [(entry.step, entry.subject) for entry in reversed(entries)] == [
        (Deed.INVITE, ""),
        (Deed.DISABLE, "li"),
        (Deed.ENABLE, "li"),
    ]
    assert {entry.actor for entry in entries} == {"chen"}
