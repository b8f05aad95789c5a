"""Files from the citizen's form to the officer's page and back to the citizen, over a real database."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.errors import Unavailable
from console.ports import Role
from register.correspondence import File
from register.docket import Docket, NewRequest
from register.steps import RequestStep
from register.steps import Role as Capacity
from storage.database import Database
from storage.numbers import new_query_code
from storage.register import SqlRegister
from storage.requests import SqlRequests
from tests.console.chancery import Chancery, open_chancery, place, request_desk
from tests.console.conftest import Visitor, open_office
from tests.console.markup import Element
from tests.fakes import PlainVault
from tests.register.desk import Desk

PNG = b"\x89PNG\r\n\x1a\n 110105"
PDF = b"%PDF-1.7 budget"
FORM = {
    "description": "云政办〔2025〕12号文件全文",
    "route": "online",
    "kind": "citizen",
    "name": "张三",
    "document": "resident_id",
    "identity": "11010519491231002X",
    "phone": "13800000000",
}
IMAGE = {"file-identity": ("身份证.jpg", PNG)}


@pytest.fixture
async def chancery(sqlite_url: str) -> AsyncIterator[Chancery]:
    async with open_chancery(sqlite_url) as opened:
        yield opened


async def form_of(citizen: Visitor) -> Element:
    return await citizen.get("/request?description=x")


async def filed(chancery: Chancery) -> File:
    (docket,) = [docket async for docket in chancery.desk.requests.all()]
    return await chancery.desk.office.load(docket.case.reference)


async def sent(chancery: Chancery, **files: tuple[str, bytes]) -> File:
    """File the form with these files."""
    citizen = chancery.office.visitor()
    given = {f"file-{purpose}": file for purpose, file in files.items()}
    page = await citizen.send_files(await form_of(citizen), "/request", given, FORM)
    assert "申请已提交" in page.text
    return await filed(chancery)


async def download(visitor: Visitor, page: Element, action: str, *, status: int = 200, **fields: str) -> bytes:
    form = page.one("form", action=action)
    values = {each.attributes["name"]: each.attributes["value"] for each in form.all("input", type="hidden")}
    response = await visitor.client.post(action, data=values | fields)
    assert response.status == status
    assert status != 200 or response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers.get("Content-Type") != "image/png"
    return await response.read()


async def test_files_come_with_the_form_and_every_look_at_them_is_recorded(chancery: Chancery) -> None:
    file = await sent(chancery, identity=("身份证.jpg", PNG), attachment=("说明", PDF))
    assert file.request.filing is not None
    assert file.request.filing.attachments == ("说明.pdf",)

    intake = await chancery.staff(Role.INTAKE)
    page = await intake.get(place(file))
    assert "证件影像：身份证.png" in page.text
    (image, paper) = (form.attributes["action"] for form in page.all("form") if "/files/" in form.attributes["action"])
    assert await download(intake, page, image, reason="核对身份") == PNG
    assert await download(intake, page, paper) == PDF
    assert [look.reason for look in await chancery.desk.requests.reveals(file.docket.case.reference)] == [
        "证件影像“身份证.png”：核对身份",
        "附件“说明.pdf”",
    ]


async def test_the_image_of_a_document_is_for_those_who_check_it_and_with_a_reason(chancery: Chancery) -> None:
    file = await sent(chancery, identity=("身份证.png", PNG))
    intake, officer = await chancery.staff(Role.INTAKE), await chancery.staff(Role.OFFICER)
    seen = await officer.get(place(file))
    assert "只由受理人员查看" in seen.text
    page = await intake.get(place(file))
    (action,) = (form.attributes["action"] for form in page.all("form") if "/files/" in form.attributes["action"])
    csrf = seen.all("input", name="csrf")[0].attributes["value"]

    assert (await officer.client.post(action, data={"csrf": csrf, "reason": "看看"})).status == 403
    assert (await intake.client.post(action, data={"csrf": csrf})).status == 403
    refused = await intake.post(action, {"csrf": page.all("input", name="csrf")[0].attributes["value"]}, status=422)
    assert "请写明查看的原因" in refused.text
    assert await chancery.desk.requests.reveals(file.docket.case.reference) == ()


async def test_a_wrong_kind_is_refused_by_name_and_nothing_else_of_the_form_is_lost(chancery: Chancery) -> None:
    citizen = chancery.office.visitor()
    files = {"file-attachment": ("证明.pdf", b"MZ\x90\x00"), **IMAGE}
    page = await citizen.send_files(await form_of(citizen), "/request", files, FORM, status=422)
    assert "“证明.pdf”的格式不支持，没有保存" in page.text
    assert "已上传：身份证.png" in page.text
    assert page.one("input", name="phone").attributes["value"] == FORM["phone"]
    assert [docket async for docket in chancery.desk.requests.all()] == []

    done = await citizen.send_files(page, "/request", {}, FORM)
    assert "申请已提交" in done.text
    page = await (await chancery.staff(Role.INTAKE)).get(place(await filed(chancery)))
    assert "证件影像：身份证.png" in page.text


async def test_a_file_can_be_crossed_out_before_the_form_is_filed(chancery: Chancery) -> None:
    citizen = chancery.office.visitor()
    page = await citizen.send_files(await form_of(citizen), "/request", IMAGE, FORM | {"phone": "1"}, status=422)
    (box,) = page.all("input", type="checkbox")
    await citizen.send_files(page, "/request", {}, FORM | {box.attributes["name"]: "1"})
    page = await (await chancery.staff(Role.INTAKE)).get(place(await filed(chancery)))
    assert "没有文件" in page.text


async def test_a_form_sent_twice_files_one_request_with_its_files_once(chancery: Chancery) -> None:
    citizen = chancery.office.visitor()
    page = await form_of(citizen)
    for _ in range(2):
        done = await citizen.send_files(page, "/request", IMAGE, FORM)
        assert "申请已提交" in done.text
    shown = await (await chancery.staff(Role.INTAKE)).get(place(await filed(chancery)))
    assert shown.text.count("证件影像：身份证.png") == 1


async def test_a_reply_comes_with_its_files_to_who_knows_number_and_code(chancery: Chancery) -> None:
    file = await sent(chancery)
    file = await chancery.desk.do(file, RequestStep.ACCEPT, Capacity.HANDLER)
    officer = await chancery.staff(Role.OFFICER)
    page = await officer.get(place(file))
    await officer.send_files(page, f"{place(file)}/files", {"file-reply": ("预算.pdf", PDF)})
    case = file.docket.case
    known = {"reference": case.reference, "code": case.code}
    citizen = chancery.office.visitor()
    assert "预算.pdf" not in (await citizen.post("/status", known)).text

    await chancery.reply_to(file)
    page = await citizen.post("/status", known)
    assert "下载 预算.pdf" in page.text
    assert await download(citizen, page, "/status/file") == PDF
    await download(citizen, page, "/status/file", status=404, code="WRONG234")
    await download(citizen, page, "/status/file", status=404, key="0" * 32)

    shown = await officer.get(place(file))
    late = await officer.send_files(shown, f"{place(file)}/files", {"file-reply": ("后来.pdf", PDF + b"2")}, status=409)
    assert "送审以后不能再改" in late.text


async def test_a_file_of_a_reply_can_be_taken_out_until_the_reply_goes_for_approval(chancery: Chancery) -> None:
    file = await chancery.desk.do(await sent(chancery, attachment=("说明", PDF)), RequestStep.ACCEPT, Capacity.HANDLER)
    officer = await chancery.staff(Role.OFFICER)
    wrong = {"file-reply": ("未处理.pdf", PDF)}
    page = await officer.send_files(await officer.get(place(file)), f"{place(file)}/files", wrong)
    (drop,) = [each.attributes["formaction"] for each in page.all("button") if "formaction" in each.attributes]
    csrf = {"csrf": page.all("input", name="csrf")[0].attributes["value"]}

    left = await officer.post(drop, csrf)
    assert "未处理.pdf" not in left.text
    (action,) = (form.attributes["action"] for form in left.all("form") if "/files/" in form.attributes["action"])
    assert "附件：说明.pdf" in (await officer.post(f"{action}/drop", csrf)).text

    await officer.send_files(await officer.get(place(file)), f"{place(file)}/files", wrong)
    await chancery.reply_to(file)
    assert "送审以后不能再改" in (await officer.post(drop.replace("2/drop", "3/drop"), csrf, status=409)).text
    assert "未处理.pdf" in (await officer.get(place(file))).text


async def test_an_applicant_adds_nothing_to_the_reply(chancery: Chancery) -> None:
    file = await sent(chancery, reply=("冒充.pdf", PDF))

    assert "冒充" not in (await (await chancery.staff(Role.INTAKE)).get(place(file))).text


async def test_what_was_never_approved_is_not_given_out_when_the_request_is_withdrawn(chancery: Chancery) -> None:
    file = await chancery.desk.do(await sent(chancery), RequestStep.ACCEPT, Capacity.HANDLER)
    officer = await chancery.staff(Role.OFFICER)
    await officer.send_files(await officer.get(place(file)), f"{place(file)}/files", {"file-reply": ("预算.pdf", PDF)})
    await chancery.desk.do(file, RequestStep.WITHDRAW, Capacity.APPLICANT, withdrawal="不再需要")

    case, citizen = file.docket.case, chancery.office.visitor()
    known = {"reference": case.reference, "code": case.code}
    assert "预算.pdf" not in (await citizen.post("/status", known)).text
    await citizen.post("/status/file", known | {"key": f"{1:032x}"}, status=404)


async def test_a_file_of_a_request_is_not_given_to_the_citizen_who_sent_it_by_its_key(chancery: Chancery) -> None:
    file = await sent(chancery, identity=("身份证.png", PNG))
    await chancery.reply_to(await chancery.desk.do(file, RequestStep.ACCEPT, Capacity.HANDLER))
    case = file.docket.case
    citizen = chancery.office.visitor()
    page = await citizen.post(
        "/status/file", {"reference": case.reference, "code": case.code, "key": f"{1:032x}"}, status=404
    )
    assert "没有查到" in page.text


async def test_what_came_on_paper_is_scanned_with_its_entry(chancery: Chancery) -> None:
    intake = await chancery.staff(Role.INTAKE)
    page = await intake.get("/console/requests/new")
    entry = FORM | {"channel": "in_person", "route": "pick_up", "carrier": "paper"}
    files = {"file-attachment": ("来信.png", PNG)}
    shown = await intake.send_files(page, "/console/requests", files, entry)
    assert "附件：来信.png" in shown.text

    forged = await intake.client.post("/console/requests", data={"csrf": "x", "form": "0" * 32})
    assert forged.status == 403


class BusyRequests(SqlRequests):
    """Requests whose database is locked once."""

    busy = True

    async def file(self, new: NewRequest) -> Docket:
        if self.busy:
            self.busy = False
            raise Unavailable("locked")
        return await super().file(new)


async def test_a_form_that_meets_a_busy_database_is_filed_all_the_same(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    desk = Desk(database)
    desk.requests = BusyRequests(database, PlainVault(), code="浚县", query_code=new_query_code)
    desk.office = replace(desk.office, requests=desk.requests)
    register = SqlRegister(database, PlainVault(), code="浚县", now=desk.clock)
    async with open_office(request_desk(database, desk, ""), register) as office:
        await sent(Chancery(office, desk))
    await database.aclose()
