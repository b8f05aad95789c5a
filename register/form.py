"""The check of an application form: one plain sentence for every fault, and advice that stops nobody."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from register.filing import (
    UNSIGNED,
    Agent,
    Category,
    Citizen,
    Document,
    Filing,
    Identity,
    Organisation,
    Receipt,
    Route,
    Wish,
)
from register.identity import born_on, credit_code_fault, passport_fault, permit_fault, phone_fault, resident_id_fault

NAME_LENGTH = 50
ORGANISATION_LENGTH = 100
DESCRIPTION_LENGTH = 2000
SHORT_LENGTH = 200
ATTACHMENTS = 10
FULL_AGE = 14
"""Years from which a citizen files alone; below, a guardian does (个人信息保护法 art. 31)."""
CONTACT = "平信和转来件应当在来件当天与申请人联系确认，请写明联系的方式、时间和结果；没有联系上的，也请写明。"
KINDS = (".pdf", ".jpg", ".jpeg", ".png", ".docx", ".xlsx", ".ofd", ".txt")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_DOCUMENT_NUMBER = re.compile(r"[A-Za-z0-9()（）-]{5,30}")
_MARKS_OF_A_NAME = "·•．.-'’ 　"
_MARKS_OF_AN_ORGANISATION = _MARKS_OF_A_NAME + '（）()、，,&“”"《》/—+'
_VAGUE = re.compile(r"等(?=[。，,；;]|$)|等(?:相关|有关|所有|全部)|所有|一切|全部|相关的?(?:文件|材料|信息|资料)")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a form: the field, and what the applicant is told about it."""

    field: str
    sentence: str


def faults(filing: Filing, receipt: Receipt, *, today: date) -> tuple[Fault, ...]:
    """Return every fault of a form, in the order of its fields; none means it may be filed.

    `today` is the civil date in Asia/Shanghai of the entry.
    """
    return (
        *_applicant(filing, today),
        *_guardian(filing, today),
        *_wish(filing),
        *_attachments(filing.attachments),
        *_receipt(receipt, today),
    )


def advice(wish: Wish) -> tuple[str, ...]:
    """Return what would make the request easier to answer; it never stops the filing."""
    vague = _VAGUE.search(wish.description)
    if vague is None:
        return ()
    return (f"描述中有“{vague[0]}”，范围可能不明确。一份申请请只写一件事，尽量写明文件名称、文号或者时间。",)


def _applicant(filing: Filing, today: date) -> Iterator[Fault]:
    applicant = filing.applicant
    if isinstance(applicant, Citizen):
        yield from _person_name("name", "姓名", applicant.name)
        yield from _identity("identity", applicant.identity, today)
    else:
        yield from _organisation(applicant)
    yield from _said("phone", phone_fault(applicant.phone))
    yield from _reachable(filing)
    if filing.agent is not None:
        yield from _agent(filing.agent, today)


def _organisation(applicant: Organisation) -> Iterator[Fault]:
    yield from _text("name", "单位名称", applicant.name, ORGANISATION_LENGTH)
    if applicant.name.strip() and not _is_name(applicant.name, _MARKS_OF_AN_ORGANISATION, digits=True):
        yield Fault("name", "单位名称中有不能使用的符号，请按登记证书填写。")
    yield from _said("credit_code", credit_code_fault(applicant.credit_code))
    yield from _person_name("representative", "法定代表人姓名", applicant.representative)
    yield from _person_name("contact", "联系人姓名", applicant.contact)
    if applicant.category is Category.PERSON:
        yield Fault("category", "请选择单位类别：商业企业、科研机构、社会公益组织、法律服务机构或者其他。")


def _agent(agent: Agent, today: date) -> Iterator[Fault]:
    yield from _person_name("agent.name", "代理人姓名", agent.name)
    yield from _identity("agent.identity", agent.identity, today)
    yield from _said("agent.phone", phone_fault(agent.phone))
    if not agent.mandate.strip():
        yield Fault("agent.mandate", "请提交委托书；监护人请提交监护关系证明。")


def _guardian(filing: Filing, today: date) -> Iterator[Fault]:
    applicant = filing.applicant
    if not isinstance(applicant, Citizen) or filing.agent is not None:
        return
    telling = applicant.identity.document in {Document.RESIDENT_ID, Document.PERMIT}
    born = born_on(applicant.identity.number) if telling else None
    if born is not None and born <= today and _years(born, today) < FULL_AGE:
        yield Fault("agent", "申请人未满 14 周岁，请由监护人代为申请。")


def _years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _identity(field: str, identity: Identity, today: date) -> Iterator[Fault]:
    number = identity.number
    if identity.document is Document.RESIDENT_ID:
        yield from _said(field, resident_id_fault(number, today=today))
    elif identity.document is Document.PASSPORT:
        yield from _said(field, passport_fault(number))
    elif identity.document is Document.PERMIT:
        yield from _said(field, permit_fault(number, today=today))
    elif not _DOCUMENT_NUMBER.fullmatch(number.strip()):
        yield Fault(field, "证件号码不正确，请填写 5 到 30 位字母或者数字。")


def _said(field: str, sentence: str) -> Iterator[Fault]:
    if sentence:
        yield Fault(field, sentence)


def _reachable(filing: Filing) -> Iterator[Fault]:
    applicant, route = filing.applicant, filing.wish.route
    if len(applicant.address) > SHORT_LENGTH:
        yield Fault("address", f"联系地址太长，请不要超过 {SHORT_LENGTH} 个字。")
    if route is Route.POST and not applicant.address.strip():
        yield Fault("address", "选择邮寄的，请填写联系地址。")
    if route is Route.EMAIL and not applicant.email.strip():
        yield Fault("email", "选择电子邮件的，请填写电子邮箱。")
    if applicant.email.strip() and not _EMAIL.fullmatch(applicant.email.strip()):
        yield Fault("email", "电子邮箱写法不正确，例如 name@example.com。")


def _wish(filing: Filing) -> Iterator[Fault]:
    wish = filing.wish
    yield from _text("description", "所需信息的描述", wish.description, DESCRIPTION_LENGTH)
    for field, called, text in (("period", "时间范围", wish.period), ("purpose", "用途", wish.purpose)):
        if len(text) > SHORT_LENGTH:
            yield Fault(field, f"{called}太长，请不要超过 {SHORT_LENGTH} 个字。")


def _attachments(names: tuple[str, ...]) -> Iterator[Fault]:
    if len(names) > ATTACHMENTS:
        yield Fault("attachments", f"附件太多，请不要超过 {ATTACHMENTS} 个。")
    for name in names:
        if not name.lower().endswith(KINDS):
            yield Fault(
                "attachments", f"附件“{name[:NAME_LENGTH]}”的格式不支持，请使用 PDF、图片、DOCX、XLSX、OFD 或者 TXT。"
            )


def _receipt(receipt: Receipt, today: date) -> Iterator[Fault]:
    confirmed = receipt.confirmed_on
    if receipt.arrived_on > today:
        yield Fault("arrived_on", "来件日期不能晚于今天。")
    elif receipt.backdated(today):
        yield Fault("reason", "来件日期早于今天的，请写明补录的原因。")
    if receipt.channel not in UNSIGNED:
        return
    if not receipt.confirmation.strip():
        yield Fault("confirmation", CONTACT)
    if confirmed is not None and confirmed > today:
        yield Fault("confirmed_on", "与申请人确认的日期不能晚于今天。")
    if confirmed is not None and confirmed < receipt.arrived_on:
        yield Fault("confirmed_on", "与申请人确认的日期不能早于来件日期。")


def _text(field: str, called: str, text: str, limit: int) -> Iterator[Fault]:
    if not _says_something(text):
        yield Fault(field, f"请填写{called}。")
    elif len(text) > limit:
        yield Fault(field, f"{called}太长，有 {len(text)} 个字，请不要超过 {limit} 个字。")
    elif any(unicodedata.category(sign) in {"Cc", "Cs", "Co"} and sign not in "\n\r\t" for sign in text):
        yield Fault(field, f"{called}中有无法保存的字符，请重新输入。")


def _person_name(field: str, called: str, name: str) -> Iterator[Fault]:
    wrong = tuple(_text(field, called, name, NAME_LENGTH))
    yield from wrong
    if not wrong and not _is_name(name, _MARKS_OF_A_NAME, digits=False):
        yield Fault(field, f"{called}只能有文字和间隔号，请按证件填写。")


def _is_name(name: str, marks: str, *, digits: bool) -> bool:
    allowed = "LMN" if digits else "LM"
    return all(sign in marks or unicodedata.category(sign)[0] in allowed for sign in name.strip())


def _says_something(text: str) -> bool:
    return any(unicodedata.category(sign)[0] in "LN" for sign in text)
