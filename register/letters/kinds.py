"""The kinds of letter of a formal request."""

from enum import StrEnum

from register.outcomes import Outcome


class LetterKind(StrEnum):
    """Every letter; a reply has the value of its outcome. Titles and texts are in config/letters."""

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
    OPEN_PUBLISHED = "open_published"
    OPEN_PROVIDED = "open_provided"
    PARTIAL = "partial"
    DENY_SECRET = "deny_secret"  # noqa: S105  a state secret, no password
    DENY_LAW = "deny_law"
    DENY_SAFETY = "deny_safety"
    DENY_THIRD = "deny_third"
    DENY_INTERNAL = "deny_internal"
    DENY_PROCESS = "deny_process"
    DENY_CASEFILE = "deny_casefile"
    DENY_INQUIRY = "deny_inquiry"
    UNABLE_NOT_HELD = "unable_not_held"
    UNABLE_CREATE = "unable_create"
    UNABLE_UNCLEAR = "unable_unclear"
    NOPROC_PETITION = "noproc_petition"
    NOPROC_REPEAT = "noproc_repeat"
    NOPROC_PUBLICATION = "noproc_publication"
    NOPROC_EXCESSIVE = "noproc_excessive"
    NOPROC_CONFIRM = "noproc_confirm"
    OTHER_CORRECTION_LAPSED = "other_correction_lapsed"
    OTHER_FEE_LAPSED = "other_fee_lapsed"
    OTHER_OTHER = "other_other"

    @property
    def is_reply(self) -> bool:
        """Whether this is a reply (答复), which decides the request, names a remedy and always has a number."""
        return self.value in frozenset(Outcome)


TO_THE_APPLICANT = frozenset(
    {
        LetterKind.RECEIPT,
        LetterKind.CORRECTION,
        LetterKind.REASONS,
        LetterKind.EXTENSION,
        LetterKind.DELAY,
        LetterKind.CONSULT_NOTICE,
        LetterKind.FEE,
        LetterKind.WITHDRAWAL,
        *(kind for kind in LetterKind if kind.is_reply),
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


def letter_of(outcome: Outcome) -> LetterKind:
    """Return the reply letter of an outcome."""
    return LetterKind(outcome.value)


def letter_number(code: str, year: int, sequence: int) -> str:
    """Return the 文号 {机关代字}〔{year}〕{seq}号; the sequence, gapless per year, is taken when a letter is signed."""
    return f"{code}〔{year}〕{sequence}号"
