"""A text on its way to publication: its states and steps, and the evidence of them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from knowledge.types import Concern, Document, Outcome


@dataclass(frozen=True, slots=True)
class Resolution:
    """Why a concern does not stand in the way, and who says so. `concern` is the concern's number."""

    concern: int
    by: str
    at: datetime
    reason: str


class ReviewState(StrEnum):
    """How far a text has come on its way to publication."""

    DRAFT = "草稿"
    REVIEWED = "已审核"
    CLEARED = "已过保密审查"
    PUBLISHED = "已发布"
    RETURNED = "已退回"
    DROPPED = "已作废"


UNDER_WAY = (ReviewState.DRAFT, ReviewState.REVIEWED, ReviewState.CLEARED, ReviewState.RETURNED)
"""States of a revision that is still to be published."""


RETURNABLE = (ReviewState.DRAFT, ReviewState.REVIEWED, ReviewState.CLEARED)
"""States of a revision that can be sent back to its author."""


class ReviewStep(StrEnum):
    """What can happen to a text on its way to publication, and to a published one."""

    SUBMIT = "提交"
    EDIT = "修改"
    RESOLVE = "处理提示"
    REVIEW = "审核"
    CLEAR = "保密审查"
    PUBLISH = "发布"
    RETURN = "退回"
    DROP = "作废"
    TAKE_DOWN = "下架"
    REPEAL = "标记废止"


class Check(StrEnum):
    """The checklist of 审核 and 保密审查: what a person confirms before a text goes on (国令711号 art. 14–17)."""

    SECRECY = "不涉及国家秘密和工作秘密"
    TRADE = "不涉及商业秘密"
    PRIVACY = "不涉及个人隐私"
    SAFETY = "公开后不危及国家安全、公共安全、经济安全、社会稳定"
    CONSENT = "不需要或者已经取得其他机关确认"


@dataclass(frozen=True, slots=True)
class Revision:
    """One text on its way to publication; a document has at most one that is under way.

    `author` brought it, `editors` changed it since: none of them may review or clear it. `reviewer`, `clearer` and
    `publisher` are empty until that step is done, and again after the text is changed. `note` is what was said at
    the latest step. `repeals` are the 文号 or titles that the text itself says are repealed by it. `version` goes up
    with every step.
    """

    id: int
    document: Document
    state: ReviewState
    author: str
    submitted_at: datetime
    changed_at: datetime
    version: int = 1
    editors: tuple[str, ...] = ()
    reviewer: str = ""
    clearer: str = ""
    publisher: str = ""
    concerns: tuple[Concern, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    reviewed: tuple[Check, ...] = ()
    """What the reviewer confirmed."""
    cleared: tuple[Check, ...] = ()
    """What the clearer confirmed."""
    repeals: tuple[str, ...] = ()
    note: str = ""

    @property
    def unresolved(self) -> tuple[Concern, ...]:
        """The concerns nobody has resolved."""
        resolved = {resolution.concern for resolution in self.resolutions}
        return tuple(concern for concern in self.concerns if concern.number not in resolved)


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """One step, for evidence: who did what when, from which state to which, and what they said.

    `revision` is 0 for what happened to the published text without one.
    """

    document: str
    at: datetime
    actor: str
    step: ReviewStep
    before: str = ""
    after: str = ""
    note: str = ""
    revision: int = 0


def sent_back(removal: ReviewEvent, *, before: ReviewState, revision: int) -> ReviewEvent:
    """Return the event by which a revision goes back to its author because the published text was taken down."""
    note = f"文件已下架：{removal.note}" if removal.note else "文件已下架"
    step = replace(removal, step=ReviewStep.RETURN, before=before, after=ReviewState.RETURNED)
    return replace(step, note=note, revision=revision)


@dataclass(frozen=True, slots=True)
class RevisionPage:
    """One page of revisions; `total` counts all that match."""

    revisions: tuple[Revision, ...]
    total: int


@dataclass(frozen=True, slots=True)
class RepealProposal:
    """A published document says that another one is repealed; an editor confirms or dismisses it.

    `named` is the 文号 or title as the text of document `by` has it.
    """

    id: int
    by: str
    named: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """How a stored document ends, whatever the generation says that was built before this was known."""

    document: str
    repealed: bool
    expires_on: date | None
    successor: str


@dataclass(frozen=True, slots=True)
class Admission:
    """What the review gate did with a text that was brought: `reason` says in Chinese what happens next, or why not.

    `published` is False where the text waits as a draft.
    """

    outcome: Outcome
    published: bool
    reason: str = ""
    concerns: tuple[Concern, ...] = ()
