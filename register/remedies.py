"""What an applicant may do against a letter (救济途径), by the outcome and the law of 2024."""

from dataclasses import dataclass

from register.outcomes import GROUNDS, RULINGS, Outcome, Remedy
from register.request import Proposal


@dataclass(frozen=True, slots=True)
class Redress:
    """Where this office's applicants turn to.

    `authority` is the 复议机关: for a department of a county or city its people's government, for a government the next
    higher one, for vertical agencies the superior department (行政复议法 24, 27). `court` may follow a pilot of
    cross-district jurisdiction. `online` is the way to apply for reconsideration on the internet, which a letter
    delivered online must name (22). `complaints` is the 政府信息公开工作主管部门 (国令711号 47, 51).
    Raises ValueError when one is empty.
    """

    authority: str
    court: str
    online: str
    complaints: str

    def __post_init__(self) -> None:
        for name, text in (
            ("复议机关", self.authority),
            ("人民法院", self.court),
            ("网上申请行政复议的途径", self.online),
            ("政府信息公开工作主管部门", self.complaints),
        ):
            if not text.strip():
                raise ValueError(f"{name}不能为空")


def remedy_of(proposal: Proposal, *, withdrawn: bool = False, inquiry_review_first: bool = False) -> Remedy:
    """Return which remedy a reply must name.

    A refusal under arts 14 to 16, or of a part under them, goes to reconsideration first (行政复议法 23). Whether one
    as 行政查询事项 does too is not settled; `inquiry_review_first` takes that reading.
    """
    if withdrawn:
        return Remedy.NONE
    if proposal.outcome is Outcome.PARTIAL and any(part.ground in GROUNDS for part in proposal.withheld):
        return Remedy.REVIEW_FIRST
    if proposal.outcome is Outcome.DENY_INQUIRY and inquiry_review_first:
        return Remedy.REVIEW_FIRST
    return RULINGS[proposal.outcome].remedy
