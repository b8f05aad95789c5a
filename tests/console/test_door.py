import pytest

from console.ports import Role
from console.rooms import KNOWLEDGE
from tests.console.conftest import Office, hidden

REGISTER = {Role.INTAKE, Role.OFFICER, Role.REVIEWER, Role.SECRECY, Role.SIGNER, Role.LEADER, Role.AUDITOR}
ASSIGNERS = {Role.INTAKE, Role.OFFICER}
GATE = {Role.EDITOR, Role.REVIEWER, Role.SECRECY, Role.PUBLISHER}
KEEPERS = {Role.EDITOR, Role.PUBLISHER}
READERS = {Role.INTAKE, Role.OFFICER, Role.SIGNER, Role.EDITOR, Role.LEADER}
ROOMS = {
    "/console": set(Role),
    "/console/queue": REGISTER,
    "/console/queue/badge": REGISTER,
    "/console/queue.csv": REGISTER,
    "/console/cases/浚县-2026-000001": {Role.OFFICER, Role.INTAKE, Role.LEADER, Role.AUDITOR},
    "/console/gaps": {Role.OFFICER, Role.EDITOR},
    "/console/documents": GATE | {Role.OFFICER},
    "/console/imports": {Role.EDITOR},
    "/console/review": GATE,
    "/console/hit-test": GATE | {Role.OFFICER},
    "/console/vocabulary": KEEPERS,
    "/console/test-questions": KEEPERS | {Role.OFFICER},
    "/console/generations": KEEPERS,
    "/console/statistics": READERS,
    "/console/statistics.csv": READERS,
    "/console/calendar": REGISTER | {Role.ADMINISTRATOR},
    "/console/link": {Role.OFFICER, Role.EDITOR},
    "/console/review/new": {Role.EDITOR},
    "/console/review/repeals": GATE,
    "/console/settings": {Role.ADMINISTRATOR},
    "/console/accounts": {Role.ADMINISTRATOR, Role.SECURITY},
    "/console/audit": {Role.AUDITOR},
}
HALLS = {
    "/console": set(Role),
    "/console/queue": REGISTER,
    "/console/report": {Role.INTAKE, Role.OFFICER, Role.SIGNER, Role.LEADER},
    "/console/statistics": READERS,
    "/console/calendar": REGISTER | {Role.ADMINISTRATOR},
    "/console/gaps": {Role.OFFICER, Role.EDITOR},
    "/console/documents": GATE | {Role.OFFICER},
    "/console/settings": {Role.ADMINISTRATOR},
    "/console/accounts": {Role.ADMINISTRATOR, Role.SECURITY},
    "/console/audit": {Role.AUDITOR},
}
STEPS = {
    "/console/queue/assign": ASSIGNERS,
    "/console/queue/views": REGISTER,
    "/console/queue/views/drop": REGISTER,
    "/console/cases/浚县-2026-000001/answer": {Role.OFFICER},
    "/console/cases/浚县-2026-000001/close": {Role.OFFICER},
    "/console/gaps/1/close": {Role.OFFICER, Role.EDITOR},
    "/console/documents/d/take-down": GATE,
    "/console/documents/d/restore": {Role.EDITOR},
    "/console/documents/d/edit": {Role.EDITOR},
    "/console/review/new": {Role.EDITOR},
    "/console/review/1/edit": {Role.EDITOR},
    "/console/review/1/review": {Role.REVIEWER},
    "/console/review/1/clear": {Role.SECRECY},
    "/console/review/1/publish": {Role.PUBLISHER},
    "/console/review/1/resolve": {Role.REVIEWER, Role.SECRECY},
    "/console/review/1/return": {Role.REVIEWER, Role.SECRECY, Role.PUBLISHER},
    "/console/review/1/drop": {Role.EDITOR},
    "/console/review/repeals/1/confirm": {Role.EDITOR},
    "/console/link": {Role.OFFICER, Role.EDITOR},
    "/console/link/remove": {Role.OFFICER, Role.EDITOR},
    "/console/test-questions": KEEPERS | {Role.OFFICER},
    "/console/test-questions/remove": KEEPERS,
    "/console/vocabulary/synonyms": KEEPERS,
    "/console/vocabulary/words/remove": KEEPERS,
    "/console/generations/reload": {Role.PUBLISHER},
    "/console/generations/rollback": {Role.PUBLISHER},
    "/console/calendar/notices": {Role.ADMINISTRATOR, Role.INTAKE, Role.SIGNER},
    "/console/calendar/closures": {Role.ADMINISTRATOR, Role.INTAKE, Role.SIGNER},
    "/console/calendar/closures/take-back": {Role.ADMINISTRATOR, Role.INTAKE, Role.SIGNER},
    "/console/calendar/proposals/1/confirm": {Role.ADMINISTRATOR, Role.INTAKE, Role.SIGNER},
    "/console/settings/switch": {Role.ADMINISTRATOR},
    "/console/accounts": {Role.ADMINISTRATOR},
    "/console/accounts/appoint": {Role.SECURITY},
}


@pytest.mark.parametrize("role", Role)
async def test_each_role_enters_its_own_rooms_only(office: Office, role: Role) -> None:
    await office.case()
    visitor = await office.staff(role)
    for room, roles in ROOMS.items():
        await visitor.get(room, status=200 if role in roles else 403)


@pytest.mark.parametrize("role", Role)
async def test_each_role_takes_its_own_steps_only(office: Office, role: Role) -> None:
    await office.case()
    visitor = await office.staff(role)
    token = hidden((await visitor.get("/console")).one("form", action="/console/logout"))
    for step, roles in STEPS.items():
        if role not in roles:
            await visitor.post(step, token, status=403, text="甲", version="1", role="officer")
    assert all(case.version == 1 for case in office.register.cases.values())


@pytest.mark.parametrize("role", Role)
async def test_the_menu_names_the_own_rooms_only(office: Office, role: Role) -> None:
    visitor = await office.staff(role)
    page = await visitor.get("/console")
    named = {link.attributes["href"] for link in page.one("nav", **{"aria-label": "主导航"}).all("a")}
    assert named == {room for room, roles in HALLS.items() if role in roles}


@pytest.mark.parametrize("role", Role)
async def test_the_second_menu_names_the_own_rooms_of_the_knowledge_base(office: Office, role: Role) -> None:
    visitor = await office.staff(role)
    page = await visitor.get("/console/hit-test", status=200 if role in ROOMS["/console/hit-test"] else 403)
    named = {link.attributes["href"] for nav in page.all("nav", **{"aria-label": "知识库"}) for link in nav.all("a")}
    inside = {f"/console{room}" for room in KNOWLEDGE}
    assert named == {room for room, roles in ROOMS.items() if room in inside and role in roles}


@pytest.mark.parametrize("room", ROOMS)
async def test_without_a_login_every_room_asks_for_one(office: Office, room: str) -> None:
    await office.case()
    visitor = office.visitor()
    page = await visitor.get(room)
    assert page.one("h1").text == "登录"


@pytest.mark.parametrize("token", ["", "forged"])
async def test_a_form_without_its_token_changes_nothing_and_shows_what_was_typed(office: Office, token: str) -> None:
    case = await office.case()
    visitor = await office.staff(Role.OFFICER)

    page = await visitor.post(
        f"/console/cases/{case.reference}/answer", status=403, csrf=token, version="1", text="半小时的工作"
    )

    assert page.one("textarea").text == "半小时的工作"
    assert office.register.cases[case.reference] == case


async def test_a_login_that_ended_meanwhile_loses_nothing_that_was_typed(office: Office) -> None:
    case = await office.case()
    visitor = await office.staff(Role.OFFICER)
    form = (await visitor.get(f"/console/cases/{case.reference}")).one(
        "form", action="/console/cases/%E6%B5%9A%E5%8E%BF-2026-000001/answer"
    )
    office.clock.forward(minutes=31)

    page = await visitor.post(form.attributes["action"], hidden(form), status=401, text="半小时的工作")

    assert page.one("h1").text == "登录已过期"
    assert [each.text for each in page.all("textarea")] == ["半小时的工作"]
    assert office.register.cases[case.reference] == case
