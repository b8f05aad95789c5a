"""Disputes about a reply: what was filed and how it ended, as table four of the annual report counts them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DisputeKind(StrEnum):
    """The three blocks of table four."""

    RECONSIDERATION = "reconsideration"
    """行政复议"""
    DIRECT_SUIT = "direct_suit"
    """行政诉讼：未经复议直接起诉"""
    SUIT_AFTER = "suit_after"
    """行政诉讼：复议后起诉"""


class DisputeResult(StrEnum):
    """How a dispute ended; without one it is 尚未审结."""

    UPHELD = "upheld"
    """结果维持"""
    CORRECTED = "corrected"
    """结果纠正"""
    OTHER = "other"
    """其他结果"""


@dataclass(frozen=True, slots=True)
class Dispute:
    """One reconsideration or lawsuit. `redone`: the new reply it ordered (责令重新答复) has been taken up."""

    reference: str
    kind: DisputeKind
    filed_on: date
    result: DisputeResult | None = None
    ruled_on: date | None = None
    redone: bool = False
