"""The tables of the annual report: their rows, columns and numbers, in the official words and order."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from register.filing import Category

APPLICANTS = tuple(Category)
"""The six columns of applicants, in order; 总计 follows them."""
COLUMN_NAMES: Mapping[Category, str] = MappingProxyType(
    {
        Category.PERSON: "自然人",
        Category.ENTERPRISE: "商业企业",
        Category.RESEARCH: "科研机构",
        Category.WELFARE: "社会公益组织",
        Category.LEGAL_SERVICE: "法律服务机构",
        Category.OTHER: "其他",
    }
)
TOTAL = "总计"
HEADING = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
RESULTS = "三、本年度办理结果"


class Row(StrEnum):
    """The 25 rows of table three; the value of a result (三、本年度办理结果) is its group and number."""

    NEW = "new"
    CARRIED_IN = "carried_in"
    OPEN = "1"
    PARTIAL = "2"
    SECRET = "3.1"  # noqa: S105  a row of the table, no password
    LAW = "3.2"
    SAFETY = "3.3"
    THIRD = "3.4"
    INTERNAL = "3.5"
    PROCESS = "3.6"
    CASEFILE = "3.7"
    INQUIRY = "3.8"
    NOT_HELD = "4.1"
    CREATE = "4.2"
    UNCLEAR = "4.3"
    PETITION = "5.1"
    REPEAT = "5.2"
    PUBLICATION = "5.3"
    EXCESSIVE = "5.4"
    CONFIRM = "5.5"
    CORRECTION_LAPSED = "6.1"
    FEE_LAPSED = "6.2"
    OTHER = "6.3"
    DECIDED = "decided"
    CARRIED_OUT = "carried_out"


CELLS = tuple(row for row in Row if row.value[0].isdigit())
"""The 21 rows of results, in order."""
GROUP_NAMES: Mapping[str, str] = MappingProxyType(
    {"3": "（三）不予公开", "4": "（四）无法提供", "5": "（五）不予处理", "6": "（六）其他处理"}
)
ROW_NAMES: Mapping[Row, str] = MappingProxyType(
    {
        Row.NEW: "一、本年新收政府信息公开申请数量",
        Row.CARRIED_IN: "二、上年结转政府信息公开申请数量",
        Row.OPEN: "（一）予以公开",
        Row.PARTIAL: "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
        Row.SECRET: "1.属于国家秘密",
        Row.LAW: "2.其他法律行政法规禁止公开",
        Row.SAFETY: "3.危及“三安全一稳定”",
        Row.THIRD: "4.保护第三方合法权益",
        Row.INTERNAL: "5.属于三类内部事务信息",
        Row.PROCESS: "6.属于四类过程性信息",
        Row.CASEFILE: "7.属于行政执法案卷",
        Row.INQUIRY: "8.属于行政查询事项",
        Row.NOT_HELD: "1.本机关不掌握相关政府信息",
        Row.CREATE: "2.没有现成信息需要另行制作",
        Row.UNCLEAR: "3.补正后申请内容仍不明确",
        Row.PETITION: "1.信访举报投诉类申请",
        Row.REPEAT: "2.重复申请",
        Row.PUBLICATION: "3.要求提供公开出版物",
        Row.EXCESSIVE: "4.无正当理由大量反复申请",
        Row.CONFIRM: "5.要求行政机关确认或重新出具已获取信息",
        Row.CORRECTION_LAPSED: "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
        Row.FEE_LAPSED: "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        Row.OTHER: "3.其他",
        Row.DECIDED: "（七）总计",
        Row.CARRIED_OUT: "四、结转下年度继续办理",
    }
)


def group_of(row: Row) -> str:
    """Return the name of the group a result row belongs to, or nothing."""
    return GROUP_NAMES.get(row.value.partition(".")[0], "") if "." in row.value else ""


def full_name(row: Row) -> str:
    """Return a row's name with its group, as a message names it."""
    return group_of(row) + ROW_NAMES[row]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of table three: a number for each kind of applicant, in their order, and the total as printed."""

    numbers: tuple[int, ...]
    total: int


RequestTable = Mapping[Row, Line]
"""Table three (三、收到和处理政府信息公开申请情况): every row."""

DISPUTE_BLOCKS = ("行政复议", "未经复议直接起诉", "复议后起诉")
DISPUTE_COLUMNS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")


@dataclass(frozen=True, slots=True)
class DisputeBlock:
    """Five numbers of table four, the total as printed."""

    upheld: int
    corrected: int
    other: int
    pending: int
    total: int

    @property
    def numbers(self) -> tuple[int, int, int, int, int]:
        """The numbers in the order of the columns."""
        return (self.upheld, self.corrected, self.other, self.pending, self.total)


DisputeTable = tuple[DisputeBlock, DisputeBlock, DisputeBlock]
"""Table four (四、政府信息公开行政复议、行政诉讼情况), in the order of DISPUTE_BLOCKS."""


@dataclass(frozen=True, slots=True)
class Issued:
    """Documents of one kind: made this year, repealed this year, in force (件)."""

    made: int = 0
    repealed: int = 0
    in_force: int = 0


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """Table two (二、主动公开政府信息情况), which the office fills in: the register does not know these numbers.

    `charges` are 行政事业性收费 of the year in 万元.
    """

    rules: Issued = Issued()
    """规章"""
    normative: Issued = Issued()
    """行政规范性文件"""
    licences: int = 0
    """行政许可"""
    penalties: int = 0
    """行政处罚"""
    coercions: int = 0
    """行政强制"""
    charges: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tables:
    """The numbers of one annual report."""

    published: PublishedTable
    requests: RequestTable
    disputes: DisputeTable
