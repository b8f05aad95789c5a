"""A formal request (依申请公开) as its history tells it: acts, events and the state folded from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from register.clock import Happening
from register.consultation import Party
from register.delivery import Sending, Service
from register.disputes import Dispute
from register.facts import Fact
from register.filing import Filing, Receipt
from register.outcomes import Outcome
from register.steps import RequestStep, Role, Stage


@dataclass(frozen=True, slots=True)
class Withheld:
    """One part that is not given (art. 37). `ground` is one of arts 14 to 16; None: it is no government information."""

    part: str
    ground: Outcome | None
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A reply as the handler proposes it: the outcome, what it rests on and, for PARTIAL, what is withheld and why."""

    outcome: Outcome
    facts: Mapping[Fact, str] = field(default_factory=dict)
    withheld: tuple[Withheld, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody wants to do.

    `at` is the moment of the entry (aware), `on` the civil date in Asia/Shanghai from which it counts: the day of
    posting, of payment, of an answer. An earlier `on` than the entry needs a `note` that says why. `actor` is an
    account name, "citizen" or "system". `filing` and `receipt` belong to SUBMIT, `proposal` to PROPOSE.
    """

    step: RequestStep
    actor: str
    role: Role
    at: datetime
    on: date
    facts: Mapping[Fact, str] = field(default_factory=dict)
    note: str = ""
    proposal: Proposal | None = None
    filing: Filing | None = None
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One act that happened, the stage before and after it, and what it is to the clock. Append-only."""

    act: Act
    before: Stage
    after: Stage
    clock: Happening | None = None


class View(StrEnum):
    """What somebody who was heard said."""

    AGREES = "agrees"
    """同意公开"""
    PARTLY = "partly"
    """部分同意"""
    OBJECTS = "objects"
    """不同意公开; of a third party it counts only with reasons (art. 32)."""
    SILENT = "silent"
    """逾期未提出意见: a third party's silence leaves it to the agency (art. 32), an agency's is consent (art. 34)."""


@dataclass(frozen=True, slots=True)
class Correction:
    """The one notice to correct (一次性告知补正, art. 30)."""

    asked_on: date
    due_on: date
    corrected_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reasons:
    """The reasons asked of somebody who applies excessively often (art. 35). `accepted` None: not judged yet."""

    asked_on: date
    due_on: date
    given: str = ""
    accepted: bool | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    """A processing fee asked (信息处理费).

    `amount` in yuan, as on the notice; `due_on` once its arrival is known; `lapsed_on` is when it was noted as unpaid.
    """

    notice: str
    amount: str
    asked_on: date
    due_on: date | None = None
    paid_on: date | None = None
    lapsed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """A letter that asks for a view (征求意见).

    `served` tells how it arrived, which begins the term that ends with `due_on`; `ended_on` is the day of the answer,
    or the end of the term where there was none, `noted_on` when that silence was noted. `told_on` is the day a third
    party was told, by a second letter, of a disclosure it opposed (拟公开告知), `notice_served` how that arrived.
    """

    letter: str
    party: Party
    recipient: str
    question: str
    sent_on: date
    served: Service | None = None
    due_on: date | None = None
    ended_on: date | None = None
    view: View | None = None
    reason: str = ""
    noted_on: date | None = None
    told_on: date | None = None
    notice_served: Service | None = None

    @property
    def late(self) -> bool:
        """Whether the answer came after the end of its term (逾期提出)."""
        return self.due_on is not None and self.ended_on is not None and self.ended_on > self.due_on

    @property
    def consents(self) -> bool:
        """Whether this counts as agreement: a yes, or an agency that said nothing within its term (art. 34)."""
        silent = self.view is View.SILENT or self.late
        return self.view is View.AGREES or (silent and self.party is Party.AGENCY)

    @property
    def stands_against(self) -> bool:
        """Whether a third party objected, wholly or in part, with reasons (art. 32)."""
        return self.party is Party.THIRD_PARTY and self.view in {View.OBJECTS, View.PARTLY} and bool(self.reason)


@dataclass(frozen=True, slots=True)
class Extension:
    """The one extension (art. 33): asked for, approved, and told to the applicant."""

    days: int
    reason: str
    asked_on: date
    approved_by: str = ""
    notified_on: date | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """One entry of the search record (检索记录). `by` is empty for the search the bot made before the request."""

    by: str
    on: date
    system: str
    keywords: str
    hits: str


@dataclass(frozen=True, slots=True)
class Signature:
    """The signed letter: its number, and the digest of the text that was signed."""

    letter: str
    digest: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Decision:
    """A reply given, and how it was delivered; or a withdrawal, of which the applicant needs no word."""

    outcome: Outcome
    decided_on: date
    sending: Sending | None = None


@dataclass(frozen=True, slots=True)
class DisclosureRequest:
    """Where a formal request stands, and all that has happened to it.

    `received_on` is None until the day of receipt is known. `parts` are the matters it was split into. `origin` is the
    stage from which a draft was begun. `handlers` are the accounts that have handled it and may not approve. `due_on`
    is set only where something fixes the last day (art. 35, a decision that orders a new reply). `decisions` has more
    than one entry after 责令重新答复.
    """

    stage: Stage = Stage.DRAFT
    filing: Filing | None = None
    receipt: Receipt | None = None
    received_on: date | None = None
    parent: str = ""
    parts: tuple[str, ...] = ()
    merged_into: str = ""
    department: str = ""
    handlers: frozenset[str] = frozenset()
    correction: Correction | None = None
    reasons: Reasons | None = None
    fee: Fee | None = None
    hearings: tuple[Hearing, ...] = ()
    extension: Extension | None = None
    searches: tuple[Search, ...] = ()
    due_on: date | None = None
    origin: Stage | None = None
    proposal: Proposal | None = None
    reviewed_by: str = ""
    secrecy_review: str = ""
    secrecy_by: str = ""
    signature: Signature | None = None
    decisions: tuple[Decision, ...] = ()
    withdrawn: bool = False
    closed_on: date | None = None
    disputes: tuple[Dispute, ...] = ()
    version: int = 0

    @property
    def outcome(self) -> Outcome | None:
        """How the request ended last, or None while it is open or when it was merged."""
        return self.decisions[-1].outcome if self.decisions and self.closed_on is not None else None

    @property
    def approvers(self) -> frozenset[str]:
        """The accounts whose approval stands, and who may therefore not handle the request."""
        signer = self.signature.by if self.signature is not None else ""
        extender = self.extension.approved_by if self.extension is not None else ""
        return frozenset({self.reviewed_by, self.secrecy_by, signer, extender}) - {""}

    @property
    def letters(self) -> Mapping[str, date | None]:
        """The last days kept for the letters that still wait for a view or a fee; None: not arrived yet."""
        notice = {self.fee.notice: self.fee.due_on} if self.fee is not None and self.stage is Stage.FEE else {}
        return {each.letter: each.due_on for each in self.hearings if each.ended_on is None} | notice

    @property
    def noted(self) -> Mapping[str, date]:
        """The letters that were noted as over, unanswered or unpaid, and when; none once the reply is signed."""
        if self.signature is not None:
            return {}
        days = {each.letter: each.noted_on for each in self.hearings}
        if self.fee is not None and self.proposal is not None and self.proposal.outcome is Outcome.OTHER_FEE_LAPSED:
            days[self.fee.notice] = self.fee.lapsed_on
        return {letter: on for letter, on in days.items() if on is not None}

    def overtaken(self, letters: Mapping[str, date]) -> Mapping[str, date]:
        """Return those noted as over when by these last days they were not: a calendar came later than the note."""
        noted = self.noted
        return {letter: due for letter, due in letters.items() if letter in noted and noted[letter] <= due}

    @property
    def established(self) -> frozenset[Fact]:
        """The facts that the history itself proves, beside those that a proposal states."""
        correction, reasons = self.correction, self.reasons
        proven = {
            Fact.SEARCH_RECORD: any(search.by for search in self.searches),
            Fact.THIRD_PARTY_HEARD: any(
                hearing.party is Party.THIRD_PARTY and hearing.ended_on is not None and not hearing.consents
                for hearing in self.hearings
            ),
            Fact.CORRECTION_ASKED: correction is not None,
            Fact.CORRECTION_RECEIVED: correction is not None and correction.corrected_on is not None,
            Fact.REASONS_ASKED: reasons is not None,
            Fact.REASONS_GIVEN: reasons is not None and reasons.accepted is not None,
            Fact.SECRECY_REVIEW: bool(self.secrecy_review),
            Fact.FEE_NOTICE: self.fee is not None,
            Fact.WITHDRAWAL: self.withdrawn,
            Fact.WITHHELD_PARTS: self.proposal is not None and bool(self.proposal.withheld),
        }
        return frozenset(fact for fact, proved in proven.items() if proved)
