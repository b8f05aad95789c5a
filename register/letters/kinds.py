"""The kinds of letter of a formal request."""

from enum import StrEnum

from register.outcomes import Outcome


class LetterKind(StrEnum):
    """The letters of the procedure, beside the replies. Titles and texts are in config/letters."""

    APPLICATION = "application"
    """申请表"""
    REGISTER_SHEET = "register_sheet"
    """登记表"""
    RECEIPT = "receipt"
    """登记回执"""
    CORRECTION = "correction"
    """补正告知书"""
    REASONS = "reasons"
    """说明理由告知书"""
    EXTENSION = "extension"
    """延期答复告知书"""
    DELAY = "delay"
    """延迟答复告知书 (art. 35)"""
    CONSULT_THIRD = "consult_third"
    """征求意见书（第三方）"""
    CONSULT_CONFIRMATION = "consult_confirmation"
    """征求意见确认函"""
    CONSULT_NOTICE = "consult_notice"
    """征求意见告知书（给申请人）"""
    DISCLOSURE_NOTICE = "disclosure_notice"
    """依申请公开告知书（给第三方）"""
    CONSULT_JOINT = "consult_joint"
    """征求意见书（共同制作机关）"""
    ASSISTANCE = "assistance"
    """协办函"""
    FEE = "fee"
    """收费通知书"""
    WITHDRAWAL = "withdrawal"
    """撤回确认书"""


Kind = LetterKind | Outcome
"""What a letter is: one of the procedure, or the reply (答复) of an outcome.

A reply decides the request, names a remedy and always has a number.
"""
KINDS: tuple[Kind, ...] = (*LetterKind, *Outcome)


def kind_of(name: str) -> Kind:
    """Return the kind that is kept under this name; raises ValueError where there is none."""
    return Outcome(name) if name in frozenset(Outcome) else LetterKind(name)


TO_THE_APPLICANT: frozenset[Kind] = frozenset(
    {
        LetterKind.RECEIPT,
        LetterKind.CORRECTION,
        LetterKind.REASONS,
        LetterKind.EXTENSION,
        LetterKind.DELAY,
        LetterKind.CONSULT_NOTICE,
        LetterKind.FEE,
        LetterKind.WITHDRAWAL,
        *Outcome,
    }
)
"""The letters that an applicant may read when asking where the request stands."""


class Addressee(StrEnum):
    """To whom a letter goes."""

    APPLICANT = "applicant"
    THIRD_PARTY = "third_party"
    AGENCY = "agency"
    FILE = "file"
    """Nobody: a sheet of the office's own file."""


def letter_number(code: str, year: int, sequence: int) -> str:
    """Return the 文号 {机关代字}〔{year}〕{seq}号; the sequence, gapless per year, is taken when a letter is signed."""
    return f"{code}〔{year}〕{sequence}号"
