"""What an applicant files: who asks, for what, in which form, and how it was received (国令711号 art. 29, 31)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Category(StrEnum):
    """The kinds of applicant that the annual report tells apart, in the order of its columns (申请人情况)."""

    PERSON = "person"
    """自然人"""
    ENTERPRISE = "enterprise"
    """商业企业"""
    RESEARCH = "research"
    """科研机构"""
    WELFARE = "welfare"
    """社会公益组织"""
    LEGAL_SERVICE = "legal_service"
    """法律服务机构"""
    OTHER = "other"
    """其他"""


class Document(StrEnum):
    """What proves who somebody is (证件名称)."""

    RESIDENT_ID = "resident_id"
    """居民身份证"""
    PASSPORT = "passport"
    """护照"""
    PERMIT = "permit"
    """港澳台居民居住证、来往内地通行证"""
    OTHER = "other"
    """其他身份证明"""


class Route(StrEnum):
    """How the applicant wants to get the information (获取方式)."""

    POST = "post"
    """邮寄"""
    EMAIL = "email"
    """电子邮件"""
    ONLINE = "online"
    """网上获取"""
    PICK_UP = "pick_up"
    """自行领取"""
    ON_SITE = "on_site"
    """当场查阅、抄录"""


class Carrier(StrEnum):
    """What the information is to be written on (载体形式)."""

    PAPER = "paper"
    """纸质"""
    ELECTRONIC = "electronic"
    """电子文档"""
    DISC = "disc"
    """光盘等存储介质"""


class Channel(StrEnum):
    """How a request reached the office; it decides the day of receipt (art. 31)."""

    IN_PERSON = "in_person"
    """当面提交，包括口头提出由工作人员代为填写"""
    SIGNED_MAIL = "signed_mail"
    """邮寄（需签收）"""
    PLAIN_MAIL = "plain_mail"
    """平常信函等无需签收的邮寄"""
    INTERNET = "internet"
    """互联网渠道，包括公众号"""
    FAX = "fax"
    """政府信息公开工作机构的传真"""
    PASSED_ON = "passed_on"
    """转来件: sent to another office or person of the agency first."""


UNSIGNED = frozenset({Channel.PLAIN_MAIL, Channel.PASSED_ON})
"""Channels whose day of receipt is the day the office confirmed with the applicant (确认之日)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person's proof of identity (身份证明): personal data, encrypted wherever it is kept."""

    document: Document
    number: str


@dataclass(frozen=True, slots=True)
class Citizen:
    """A natural person who applies (公民). `address` is needed only where something is to be posted."""

    name: str
    identity: Identity
    phone: str
    address: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Organisation:
    """A legal person or other organisation that applies (法人或者其他组织)."""

    name: str
    credit_code: str
    """统一社会信用代码"""
    representative: str
    """法定代表人"""
    contact: str
    """联系人"""
    phone: str
    category: Category
    address: str = ""
    email: str = ""


Applicant = Citizen | Organisation


@dataclass(frozen=True, slots=True)
class Agent:
    """Who acts for the applicant (代理人), or the guardian of a child (监护人). `mandate` names the 委托书 kept."""

    name: str
    identity: Identity
    phone: str
    mandate: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for (所需信息): one matter. The purpose may be told and must never be required (art. 27)."""

    description: str
    """名称、文号或者便于查询的其他特征性描述"""
    route: Route
    carrier: Carrier
    period: str = ""
    """时间范围"""
    purpose: str = ""
    """用途"""
    suggest_publication: bool = False
    """建议主动公开 (art. 44)"""
    needs_help: bool = False
    """阅读困难或者视听障碍，需要帮助 (art. 43)"""


@dataclass(frozen=True, slots=True)
class Receipt:
    """When and how the request came in.

    `arrived_on` is the day the office had it: handed in, signed for, submitted with success. For unsigned mail and what
    was passed on, `confirmed_on` is the day both sides confirmed (None: not yet) and `confirmation` says how the
    applicant was looked for that day, and with what result. `reason` says why an earlier day is entered than that of
    the entry. `taken_down_by` is the officer who wrote an oral request down (代为填写) and read it back. `received_on`
    is the day of receipt that follows (art. 31): the register sets it, whatever is given.
    """

    channel: Channel
    arrived_on: date
    confirmed_on: date | None = None
    confirmation: str = ""
    reason: str = ""
    taken_down_by: str = ""
    received_on: date | None = None

    @property
    def happened_on(self) -> date | None:
        """The day that decides by the way it came in, before a day off is taken into account; None: not yet."""
        return self.confirmed_on if self.channel in UNSIGNED else self.arrived_on

    def backdated(self, today: date) -> bool:
        """Return whether somebody enters an earlier day than today's without saying why."""
        entered = self.channel is not Channel.INTERNET and self.arrived_on < today
        return entered and not self.reason.strip()


@dataclass(frozen=True, slots=True)
class Filing:
    """A complete application form (政府信息公开申请表). `attachments` name the files kept with it."""

    applicant: Applicant
    wish: Wish
    agent: Agent | None = None
    attachments: tuple[str, ...] = ()


def category(applicant: Applicant) -> Category:
    """Return the column of the annual report in which this applicant counts."""
    return applicant.category if isinstance(applicant, Organisation) else Category.PERSON
