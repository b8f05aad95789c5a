"""The application form asked one question at a time: what comes next, and whether an answer will do; pure."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from register.filing import (
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
)
from register.form import Fault, faults


class Field(StrEnum):
    """One question of the form, in the order of asking: what is wanted first, personal data last."""

    DESCRIPTION = "description"
    """所需信息的名称、文号或者特征"""
    ROUTE = "route"
    """获取方式"""
    CARRIER = "carrier"
    """载体形式: asked only where the route leaves it open."""
    KIND = "kind"
    """申请人类型"""
    NAME = "name"
    """姓名或者单位名称"""
    DOCUMENT = "document"
    """证件名称"""
    IDENTITY = "identity"
    """证件号码"""
    CREDIT_CODE = "credit_code"
    """统一社会信用代码"""
    REPRESENTATIVE = "representative"
    """法定代表人"""
    CONTACT = "contact"
    """联系人"""
    CATEGORY = "category"
    """单位类别"""
    PHONE = "phone"
    """联系电话"""
    ADDRESS = "address"
    """联系地址: asked only where something is to be posted."""
    EMAIL = "email"
    """电子邮箱: asked only where something is to be e-mailed."""


class Kind(StrEnum):
    """Who applies (申请人类型)."""

    CITIZEN = "citizen"
    """公民"""
    ORGANISATION = "organisation"
    """法人或者其他组织"""


CHOICES: Mapping[Field, Mapping[StrEnum, str]] = MappingProxyType(
    {
        Field.ROUTE: {
            Route.ONLINE: "在这里（网上）获取",
            Route.POST: "邮寄",
            Route.EMAIL: "电子邮件",
            Route.PICK_UP: "自行领取",
            Route.ON_SITE: "当场查阅、抄录",
        },
        Field.CARRIER: {Carrier.PAPER: "纸质", Carrier.ELECTRONIC: "电子文档", Carrier.DISC: "光盘等存储介质"},
        Field.KIND: {Kind.CITIZEN: "公民", Kind.ORGANISATION: "法人或者其他组织"},
        Field.DOCUMENT: {
            Document.RESIDENT_ID: "居民身份证",
            Document.PASSPORT: "护照",
            Document.PERMIT: "港澳台居民居住证或者通行证",
            Document.OTHER: "其他身份证明",
        },
        Field.CATEGORY: {
            Category.ENTERPRISE: "商业企业",
            Category.RESEARCH: "科研机构",
            Category.WELFARE: "社会公益组织",
            Category.LEGAL_SERVICE: "法律服务机构",
            Category.OTHER: "其他",
        },
    }
)
"""The fields answered by a number, with what each stands for, in the order of the numbers."""
_CITIZEN = (Field.NAME, Field.DOCUMENT, Field.IDENTITY, Field.PHONE)
_ORGANISATION = (
    Field.NAME,
    Field.CREDIT_CODE,
    Field.REPRESENTATIVE,
    Field.CONTACT,
    Field.CATEGORY,
    Field.PHONE,
)
_CARRIER_OF = {
    Route.ONLINE: Carrier.ELECTRONIC,
    Route.EMAIL: Carrier.ELECTRONIC,
    Route.POST: Carrier.PAPER,
    Route.ON_SITE: Carrier.PAPER,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as far as it is filled in (草稿): personal data, kept sealed and not for long.

    `id` becomes the source of the request, so that it is filed once. `asked` is the key of the last message that was
    taken as an answer: its redelivery answers nothing more. `filed` is the number, once filed; then `answers` is empty.
    """

    id: str
    answers: Mapping[Field, str]
    asked: str = ""
    filed: str = ""


def missing(draft: Draft) -> Field | None:
    """Return the field to ask next; None when the form is complete."""
    return next((field for field in fields(draft) if field not in draft.answers), None)


def fields(draft: Draft) -> tuple[Field, ...]:
    """Return the fields that this form has, by what was answered so far."""
    answers = draft.answers
    route = answers.get(Field.ROUTE)
    form = [Field.DESCRIPTION, Field.ROUTE]
    if route == Route.PICK_UP:
        form.append(Field.CARRIER)
    form.append(Field.KIND)
    if Field.KIND in answers:
        form += _CITIZEN if answers[Field.KIND] == Kind.CITIZEN else _ORGANISATION
    if route == Route.POST:
        form.append(Field.ADDRESS)
    if route == Route.EMAIL:
        form.append(Field.EMAIL)
    return tuple(form)


def answered(draft: Draft, text: str, *, today: date) -> Draft | str:
    """Return the draft with this answer to its next field, or the sentence that says what is wrong with it."""
    field = missing(draft)
    if field is None:
        return draft
    given = _chosen(field, text) if field in CHOICES else text.strip()
    if given is None:
        return "请回复列出的数字。"
    filled = replace(draft, answers={**draft.answers, field: _folded(field, given)})
    wrong = [fault for fault in faults(filing(filled), _receipt(today), today=today) if fault.field == field]
    guardian = [] if field is not Field.IDENTITY else _guardian(filled, today)
    return next((fault.sentence for fault in (*wrong, *guardian)), filled)


def without(draft: Draft, field: Field) -> Draft:
    """Return the draft with a field to be asked again, and what depends on it."""
    depends = {
        Field.KIND: {*_CITIZEN, *_ORGANISATION},
        Field.ROUTE: {Field.CARRIER, Field.ADDRESS, Field.EMAIL},
        Field.DOCUMENT: {Field.IDENTITY},
    }.get(field, set())
    return replace(draft, answers={key: text for key, text in draft.answers.items() if key not in {field, *depends}})


def filing(draft: Draft) -> Filing:
    """Return the form as far as it is filled in; what is still missing is empty."""
    said = draft.answers.get
    route = Route(said(Field.ROUTE, Route.ONLINE))
    wish = Wish(
        description=said(Field.DESCRIPTION, ""),
        route=route,
        carrier=Carrier(said(Field.CARRIER, _CARRIER_OF.get(route, Carrier.ELECTRONIC))),
    )
    name, phone = said(Field.NAME, ""), said(Field.PHONE, "")
    address, email = said(Field.ADDRESS, ""), said(Field.EMAIL, "")
    if said(Field.KIND, Kind.CITIZEN) == Kind.CITIZEN:
        identity = Identity(Document(said(Field.DOCUMENT, Document.RESIDENT_ID)), said(Field.IDENTITY, ""))
        return Filing(Citizen(name, identity, phone, address, email), wish)
    organisation = Organisation(
        name=name,
        credit_code=said(Field.CREDIT_CODE, ""),
        representative=said(Field.REPRESENTATIVE, ""),
        contact=said(Field.CONTACT, ""),
        phone=phone,
        category=Category(said(Field.CATEGORY, Category.OTHER)),
        address=address,
        email=email,
    )
    return Filing(organisation, wish)


def _guardian(draft: Draft, today: date) -> list[Fault]:
    # a child's form cannot be finished here: better said before more is asked
    return [fault for fault in faults(filing(draft), _receipt(today), today=today) if fault.field == "agent"]


def _chosen(field: Field, text: str) -> str | None:
    """Return what a number, or the words beside it, stand for."""
    choices = CHOICES[field]
    said = unicodedata.normalize("NFKC", text).strip().rstrip("。.、")
    for place, (choice, label) in enumerate(choices.items(), 1):
        if said in {str(place), label}:
            return str(choice)
    return None


def _folded(field: Field, text: str) -> str:
    """Return numbers as they are written on documents, whatever width and spaces they were typed with."""
    if field in {Field.IDENTITY, Field.CREDIT_CODE, Field.PHONE, Field.EMAIL}:
        plain = unicodedata.normalize("NFKC", text)
        plain = "".join(plain.split())
        return plain if field is Field.EMAIL else plain.upper()
    return text


def _receipt(today: date) -> Receipt:
    return Receipt(Channel.INTERNET, today)


def masked(text: str) -> str:
    """Return a number with its middle hidden."""
    if len(text) < 8:  # noqa: PLR2004  too short to show anything of it
        return "*" * len(text)
    return text[:3] + "*" * (len(text) - 7) + text[-4:]
