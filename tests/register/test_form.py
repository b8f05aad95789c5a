from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.filing import (
    Agent,
    Carrier,
    Category,
    Channel,
    Citizen,
    Document,
    Filing,
    Identity,
    Organisation,
    Receipt,
    Route,
    Wish,
    category,
)
from register.form import Fault, advice, faults
from tests.register.test_identity import an_id

TODAY = date(2026, 3, 2)
RIGHT_ID = "11010519491231002X"
RIGHT_CODE = "91350100M000100Y43"
CITIZEN = Citizen("张三", Identity(Document.RESIDENT_ID, RIGHT_ID), "13800000000")
FIRM = Organisation("云岭县某某贸易有限公司", RIGHT_CODE, "李四", "王五", "0371-65900000", Category.ENTERPRISE)
WISH = Wish("云政办〔2025〕12号文件全文", Route.ONLINE, Carrier.ELECTRONIC)
AGENT = Agent("赵六", Identity(Document.RESIDENT_ID, RIGHT_ID), "13800000001", "委托书.pdf")
FILING = Filing(CITIZEN, WISH)
ONLINE = Receipt(Channel.INTERNET, TODAY)


def found(filing: Filing, receipt: Receipt = ONLINE) -> list[str]:
    return [fault.field for fault in faults(filing, receipt, today=TODAY)]


@pytest.mark.parametrize("applicant", [CITIZEN, FIRM], ids=["citizen", "organisation"])
def test_a_complete_form_has_no_fault(applicant: Citizen | Organisation) -> None:
    assert faults(Filing(applicant, WISH, AGENT, ("证明.PDF",)), ONLINE, today=TODAY) == ()


def test_the_purpose_is_never_required() -> None:
    assert found(replace(FILING, wish=replace(WISH, purpose=""))) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (replace(CITIZEN, name=" "), "name"),
        (replace(CITIZEN, name="张" * 51), "name"),
        (replace(CITIZEN, name="张三😀"), "name"),
        (replace(CITIZEN, name="张三3"), "name"),
        (replace(CITIZEN, name="张三\x00"), "name"),
        (replace(CITIZEN, identity=Identity(Document.RESIDENT_ID, "110105194912310021")), "identity"),
        (replace(CITIZEN, identity=Identity(Document.PASSPORT, "E 1😀")), "identity"),
        (replace(CITIZEN, identity=Identity(Document.PASSPORT, "护照12345")), "identity"),
        (replace(CITIZEN, identity=Identity(Document.PERMIT, "X1234567")), "identity"),
        (replace(CITIZEN, identity=Identity(Document.OTHER, "军官证")), "identity"),
        (replace(CITIZEN, phone="65900000"), "phone"),
        (replace(CITIZEN, phone=""), "phone"),
        (replace(CITIZEN, phone="１２３"), "phone"),
        (replace(CITIZEN, phone="电话同上"), "phone"),
        (replace(CITIZEN, email="zhang@"), "email"),
        (replace(CITIZEN, address="路" * 201), "address"),
        (replace(FIRM, name="公司😀"), "name"),
        (replace(FIRM, name="司" * 101), "name"),
        (replace(FIRM, credit_code="91350100M000100Y44"), "credit_code"),
        (replace(FIRM, representative=""), "representative"),
        (replace(FIRM, contact="😀"), "contact"),
        (replace(FIRM, category=Category.PERSON), "category"),
    ],
)
def test_each_wrong_field_of_the_applicant_is_named_once(changed: Citizen | Organisation, field: str) -> None:
    assert found(replace(FILING, applicant=changed)) == [field]


@pytest.mark.parametrize("name", ["买买提·吐尔逊", "Jean-Luc O'Neill", "𠮷田", "欧阳 娜娜", "𬭎"])
def test_names_of_every_people_are_accepted(name: str) -> None:
    assert found(replace(FILING, applicant=replace(CITIZEN, name=name))) == []


def test_a_company_name_may_have_brackets_and_digits() -> None:
    assert found(replace(FILING, applicant=replace(FIRM, name="三六五（云岭）商贸2号店&合伙"))) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (replace(WISH, description=""), "description"),
        (replace(WISH, description=" \n　"), "description"),
        (replace(WISH, description="😀😀"), "description"),
        (replace(WISH, description="文" * 20_000), "description"),
        (replace(WISH, description="文件\x00"), "description"),
        (replace(WISH, description="文件\ud800"), "description"),
        (replace(WISH, period="年" * 201), "period"),
        (replace(WISH, purpose="用" * 201), "purpose"),
        (replace(WISH, route=Route.POST), "address"),
        (replace(WISH, route=Route.EMAIL), "email"),
    ],
)
def test_each_wrong_field_of_the_wish_is_named_once(changed: Wish, field: str) -> None:
    assert found(replace(FILING, wish=changed)) == [field]


@pytest.mark.parametrize(
    "identity",
    [
        Identity(Document.PASSPORT, "E12345678"),
        Identity(Document.PERMIT, "H12345678"),
        Identity(Document.PERMIT, "12345678"),
        Identity(Document.OTHER, "1234567"),
    ],
)
def test_every_proof_of_identity_has_its_own_check(identity: Identity) -> None:
    assert found(replace(FILING, applicant=replace(CITIZEN, identity=identity))) == []


def test_what_is_wrong_with_a_number_is_said_and_the_number_is_not_repeated() -> None:
    swapped = replace(CITIZEN, identity=Identity(Document.RESIDENT_ID, "110105194912310021"))
    local = replace(CITIZEN, phone="65900000")

    assert faults(replace(FILING, applicant=swapped), ONLINE, today=TODAY) == (
        Fault("identity", "身份证号码校验不通过，可能写错了一位或者写反了两位，请核对。"),
    )
    assert faults(replace(FILING, applicant=local), ONLINE, today=TODAY) == (
        Fault("phone", "固定电话请加区号，例如 0371-65900000。"),
    )


def test_emoji_and_line_breaks_are_allowed_in_the_description() -> None:
    assert found(replace(FILING, wish=replace(WISH, description="补贴办法😀\n2025 年的"))) == []


def test_a_description_too_long_is_told_with_its_length() -> None:
    fault = faults(replace(FILING, wish=replace(WISH, description="文" * 2001)), ONLINE, today=TODAY)[0]

    assert fault == Fault("description", "所需信息的描述太长，有 2001 个字，请不要超过 2000 个字。")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (replace(AGENT, name="😀"), "agent.name"),
        (replace(AGENT, identity=Identity(Document.RESIDENT_ID, "1")), "agent.identity"),
        (replace(AGENT, phone=""), "agent.phone"),
        (replace(AGENT, mandate=" "), "agent.mandate"),
    ],
)
def test_each_wrong_field_of_the_agent_is_named_once(changed: Agent, field: str) -> None:
    assert found(replace(FILING, agent=changed)) == [field]


@pytest.mark.parametrize(
    ("born", "expected"), [(date(2012, 3, 2), []), (date(2012, 3, 3), ["agent"]), (date(2020, 1, 1), ["agent"])]
)
def test_a_child_under_fourteen_needs_a_guardian(born: date, expected: list[str]) -> None:
    child = replace(CITIZEN, identity=Identity(Document.RESIDENT_ID, an_id(41, born, 1)))

    assert found(replace(FILING, applicant=child)) == expected
    assert found(replace(FILING, applicant=child, agent=AGENT)) == []


def test_attachments_are_limited_in_kind_and_number() -> None:
    assert found(replace(FILING, attachments=("证明.exe",))) == ["attachments"]
    assert found(replace(FILING, attachments=("无后缀",))) == ["attachments"]
    assert found(replace(FILING, attachments=("证明.pdf",) * 11)) == ["attachments"]


@pytest.mark.parametrize(
    ("receipt", "expected"),
    [
        (Receipt(Channel.INTERNET, date(2026, 2, 28)), []),
        (Receipt(Channel.INTERNET, date(2026, 3, 3)), ["arrived_on"]),
        (Receipt(Channel.IN_PERSON, TODAY), []),
        (Receipt(Channel.IN_PERSON, date(2026, 3, 3)), ["arrived_on"]),
        (Receipt(Channel.IN_PERSON, date(2026, 2, 28)), ["reason"]),
        (Receipt(Channel.IN_PERSON, date(2026, 2, 28), reason="当日系统停电"), []),
        (Receipt(Channel.PLAIN_MAIL, TODAY), ["confirmation"]),
        (Receipt(Channel.PLAIN_MAIL, TODAY, TODAY), ["confirmation"]),
        (Receipt(Channel.PLAIN_MAIL, TODAY, confirmation="10:20 电话无人接听"), []),
        (Receipt(Channel.PLAIN_MAIL, TODAY, TODAY, confirmation="电话确认，本人接听"), []),
        (Receipt(Channel.PLAIN_MAIL, TODAY, date(2026, 3, 3), confirmation="电话"), ["confirmed_on"]),
        (Receipt(Channel.PASSED_ON, TODAY, date(2026, 2, 27), confirmation="电话"), ["confirmed_on"]),
    ],
)
def test_the_day_of_receipt_follows_the_channel(receipt: Receipt, expected: list[str]) -> None:
    assert found(FILING, receipt) == expected


@pytest.mark.parametrize("vague", ["补贴等相关文件", "所有会议纪要", "与征地有关的全部材料", "补贴、补偿、安置等"])
def test_a_vague_description_is_advised_and_not_stopped(vague: str) -> None:
    wish = replace(WISH, description=vague)

    assert len(advice(wish)) == 1
    assert found(replace(FILING, wish=wish)) == []


@pytest.mark.parametrize("clear", ["云政办〔2025〕12号", "等级评定办法全文", "2024年中等职业学校名单"])
def test_a_clear_description_gets_no_advice(clear: str) -> None:
    assert advice(replace(WISH, description=clear)) == ()


def test_the_applicant_decides_the_column_of_the_report() -> None:
    assert category(CITIZEN) is Category.PERSON
    assert category(FIRM) is Category.ENTERPRISE


@given(text=st.text(max_size=60))
def test_whatever_is_typed_gives_sentences_and_no_exception(text: str) -> None:
    citizen = Citizen(text, Identity(Document.OTHER, text), text, text, text)
    filing = Filing(citizen, Wish(text, Route.EMAIL, Carrier.PAPER, text, text), None, (text,))

    for fault in faults(filing, ONLINE, today=TODAY):
        assert fault.sentence.endswith("。")
