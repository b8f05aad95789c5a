"""What a request is charged: computed, shown line by line, put into the notice; never typed."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from register.charging import Measure, computation, cost_of, item_number, pages_of
from register.correspondence import File
from register.docket import Head
from register.errors import RefusedStep
from register.fees import read_fees
from register.filing import Category, Citizen, Document, Identity, Route
from register.steps import RequestStep, Role, Stage
from register.types import Status
from tests.register.desk import SHANGHAI, Desk
from tests.register.office import FILING

RULES = read_fees((Path(__file__).resolve().parents[2] / "config" / "fees.toml").read_text(encoding="utf-8"))


def head(received_on: date | None) -> Head:
    return Head(Stage.TRIAGE, Status.RECEIVED, Category.PERSON, "m-1", received_on)


def test_items_are_numbered_by_receipt_within_one_natural_month() -> None:
    known = {
        "1": head(date(2026, 2, 28)),
        "2": head(date(2026, 3, 1)),
        "4": head(date(2026, 3, 1)),
        "3": head(date(2026, 3, 31)),
        "5": head(None),
    }
    numbers = {name: item_number(name, each.received_on, known) for name, each in known.items() if each.received_on}
    assert numbers == {"1": 1, "2": 1, "4": 2, "3": 3}


@pytest.mark.parametrize(
    ("measure", "units", "amount", "told"),
    [
        (Measure.PER_ITEM, 10, 0, "第10件，每件0元，0元"),
        (Measure.PER_ITEM, 11, 100, "第11件，每件100元，100元"),
        (Measure.PER_ITEM, 51, 400, "第51件，每件400元，400元"),
        (Measure.PER_PAGE, 101, 720, "第31至100页，每页10元，700元；第101页，每页20元，20元"),
    ],
)
def test_a_fee_is_told_line_by_line(measure: Measure, units: int, amount: int, told: str) -> None:
    cost = cost_of(RULES, measure, units)
    lines = computation(measure, cost)
    assert cost.amount == amount
    assert told in "；".join(lines)
    assert lines[-1] == f"合计{amount}元"


@pytest.mark.parametrize(
    ("typed", "pages"), [("120", 120), (" 7 ", 7), ("", 0), ("-3", 0), ("三", 0), ("１２", 0), ("123456", 0)]
)
def test_pages_are_a_number_or_nothing(typed: str, pages: int) -> None:
    assert pages_of(typed) == pages


@pytest.fixture
def charging(desk: Desk) -> Desk:
    desk.office = replace(desk.office, fees=RULES)
    return desk


async def charge(desk: Desk, file: File, **facts: str) -> File:
    return await desk.do(file, RequestStep.CHARGE, Role.SIGNER, None, **facts)


async def test_the_twelfth_request_of_a_month_costs_what_the_notice_says(charging: Desk) -> None:
    charging.clock.at = datetime(2026, 2, 28, 9, tzinfo=SHANGHAI)
    await charging.file("february")
    charging.clock.at = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
    stranger = Citizen("李四", Identity(Document.RESIDENT_ID, "110101199003077758"), "13900000000")
    await charging.file("stranger", filing=replace(FILING, applicant=stranger))
    files = [await charging.file(f"{number}") for number in range(12)]

    file = await charge(charging, files[-1], measure="per_item", amount="1", computation="随便写的")

    assert file.request.fee is not None
    assert file.request.fee.amount == "100"
    assert file.request.stage is Stage.FEE
    _, notice = await charging.office.requests.papers(file.docket.case.reference)
    assert "按件计收，同一申请人一个自然月内累计；第12件，每件100元，100元；合计100元" in notice.text
    assert "应缴金额：100元" in notice.text


async def test_pages_are_charged_where_copies_are_wanted(charging: Desk) -> None:
    file = await charge(charging, await charging.file("1"), measure="per_page", pages="250")
    assert file.request.fee is not None
    assert file.request.fee.amount == "4700"

    on_the_spot = replace(FILING, wish=replace(FILING.wish, route=Route.ON_SITE))
    with pytest.raises(RefusedStep, match="不能按页收费"):
        await charge(charging, await charging.file("2", filing=on_the_spot), measure="per_page", pages="250")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"measure": "per_item"}, "本件不收费"),
        ({"measure": "per_page", "pages": "30"}, "本件不收费"),
        ({"measure": "per_page", "pages": "很多"}, "还缺：页数"),
        ({"measure": "随意"}, "填写有误：计费方式"),
        ({}, "还缺：计费方式"),
    ],
)
async def test_what_costs_nothing_or_is_not_said_is_not_charged(
    charging: Desk, facts: dict[str, str], said: str
) -> None:
    file = await charging.file()
    with pytest.raises(RefusedStep, match=said):
        await charge(charging, file, **facts)
    assert await charging.office.load(file.docket.case.reference) == file


async def test_an_office_that_does_not_charge_charges_nothing(desk: Desk) -> None:
    with pytest.raises(RefusedStep):
        await charge(desk, await desk.file(), measure="per_page", pages="250")
    assert await desk.office.estimates(await desk.file("2"), 250) == ()
