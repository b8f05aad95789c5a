from console.ports import Role
from tests.console.conftest import Office

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
    assert [[cell.text for cell in row.all("td")] for row in rows] == [
        ["chen", "系统管理", "正常"],
        ["li", "承办", "锁定至 2026-03-02 09:10"],
    ]


async def test_a_role_that_does_not_exist_is_refused(office: Office) -> None:
    visitor = await office.staff(Role.ADMINISTRATOR)
    await visitor.send(PLACE, PLACE, status=400, role="emperor")
