"""The form as a page and at the desk, over a real database: what is kept of it in clear."""

from collections.abc import AsyncIterator

import pytest

from console.ports import Role
from register.correspondence import File
from register.filing import Channel
from register.steps import RequestStep
from register.steps import Role as Capacity
from tests.console.chancery import Chancery, open_chancery, place
from tests.console.markup import Element
from tests.console.test_folder import FORM, form_of

ASKED = "张三（身份证11010519491231002X，电话 5550001）的宅基地审批表，回复到zhangsan@example.com"
KEPT = "张三（身份证＊＊＊，电话 ＊＊＊）的宅基地审批表，回复到＊＊＊"
ORALLY = (Channel.IN_PERSON, Channel.SIGNED_MAIL, Channel.PLAIN_MAIL, Channel.FAX, Channel.PASSED_ON)


@pytest.fixture
async def chancery(sqlite_url: str) -> AsyncIterator[Chancery]:
    async with open_chancery(sqlite_url) as opened:
        yield opened


async def filed(chancery: Chancery) -> File:
    (docket,) = [docket async for docket in chancery.desk.requests.all()]
    return await chancery.desk.office.load(docket.case.reference)


def wanted(file: File) -> str:
    return file.request.filing.wish.description if file.request.filing is not None else ""


def quoted(page: Element) -> str:
    return page.one("section", **{"aria-labelledby": "asked"}).one("blockquote").text


async def test_a_page_filled_in_by_a_citizen_leaves_no_number_in_clear(chancery: Chancery) -> None:
    citizen = chancery.office.visitor()
    await citizen.send_files(await form_of(citizen), "/request", {}, FORM | {"description": ASKED})

    file = await filed(chancery)

    assert (file.docket.case.question, wanted(file)) == (KEPT, ASKED)


@pytest.mark.parametrize("channel", ORALLY)
async def test_what_staff_enter_leaves_no_number_in_clear(chancery: Chancery, channel: Channel) -> None:
    intake = await chancery.staff(Role.INTAKE)
    page = await intake.get("/console/requests/new")
    said = {"channel": channel, "confirmation": "电话确认", "description": ASKED}
    await intake.send_files(page, "/console/requests", {}, FORM | said | {"route": "pick_up", "carrier": "paper"})

    file = await filed(chancery)

    assert (file.docket.case.question, wanted(file)) == (KEPT, ASKED)


async def test_a_matter_split_off_leaves_no_number_in_clear(chancery: Chancery) -> None:
    desk = chancery.desk
    whole = await desk.do(await desk.file(), RequestStep.ACCEPT, Capacity.HANDLER)
    await desk.do(whole, RequestStep.SPLIT, Capacity.HANDLER, None, parts=f"{ASKED}\n乙文件", reason="一事一申请")

    parts = [await desk.office.load(each) for each in await desk.requests.relatives(whole.docket.case.reference)]

    assert [(part.docket.case.question, wanted(part)) for part in parts] == [(KEPT, ASKED), ("乙文件", "乙文件")]


async def test_an_officer_reads_what_was_asked_word_for_word_after_a_recorded_look(chancery: Chancery) -> None:
    citizen = chancery.office.visitor()
    await citizen.send_files(await form_of(citizen), "/request", {}, FORM | {"description": ASKED})
    file = await filed(chancery)
    officer = await chancery.staff(Role.OFFICER)
    assert quoted(await officer.get(place(file))) == KEPT

    shown = await officer.send(place(file), f"{place(file)}/reveal", reason="核对申请内容")

    assert quoted(shown) == ASKED
    (look,) = await chancery.desk.requests.reveals(file.docket.case.reference)
    assert look.reason == "核对申请内容"
