"""What goes out because of a step on a formal request: its letters, numbered and printed, and the word in the chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from register.clock import Clock
from register.consultation import Party
from register.docket import Docket, Paper
from register.facts import Fact
from register.letters.composition import Agency, Letter, Sheet, compose
from register.letters.kinds import Addressee, Kind, LetterKind, kind_of, letter_number
from register.letters.printing import Stationery, digest, page, plain_text, word_file
from register.letters.wording import Wording
from register.outcomes import Outcome
from register.request import Act, DisclosureRequest, Event
from register.steps import RequestStep, Role, Stage

KINDS: Mapping[RequestStep, tuple[LetterKind, ...]] = MappingProxyType(
    {
        RequestStep.ACKNOWLEDGE: (LetterKind.RECEIPT,),
        RequestStep.ASK_CORRECTION: (LetterKind.CORRECTION,),
        RequestStep.ASK_REASONS: (LetterKind.REASONS,),
        RequestStep.NOTIFY_EXTENSION: (LetterKind.EXTENSION,),
        RequestStep.DELAY: (LetterKind.DELAY,),
        RequestStep.CHARGE: (LetterKind.FEE,),
        RequestStep.INFORM_THIRD_PARTY: (LetterKind.DISCLOSURE_NOTICE,),
        RequestStep.WITHDRAW: (LetterKind.WITHDRAWAL,),
    }
)
"""The letters of each step; those of a consultation and of a reply depend on what it says."""
MERGED = (
    "您的政府信息公开申请 {reference} 与您的另一件申请 {into} 一并办理、一并答复，请用 {into} 和它的查询码查询进度。"
)
PENDING = "（签发时编号）"
"""Stands for the 文号 of a letter that is not signed yet."""
NUMBERED: Mapping[RequestStep, Fact | None] = MappingProxyType(
    {
        RequestStep.ASK_CORRECTION: None,
        RequestStep.ASK_REASONS: None,
        RequestStep.NOTIFY_EXTENSION: None,
        RequestStep.DELAY: None,
        RequestStep.INFORM_THIRD_PARTY: None,
        RequestStep.CHARGE: Fact.FEE_NOTICE,
        RequestStep.CONSULT: Fact.CONSULTATION,
        RequestStep.SIGN: Fact.LETTER_NUMBER,
    }
)
"""The steps whose letter has a 文号, and the fact that it becomes."""


@dataclass(frozen=True, slots=True)
class File:
    """A request as an officer opens it: what is kept, where it stands, what the clock shows (None: not begun)."""

    docket: Docket
    request: DisclosureRequest
    clock: Clock | None

    @property
    def overtaken(self) -> Mapping[str, date]:
        """The letters noted as over too early by the calendar in force, with their last days by it."""
        return self.request.overtaken(self.clock.last_days) if self.clock is not None else {}


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Composes with the office's wording, agency and letter paper; raises UnfinishedLetter for what is incomplete."""

    wording: Wording
    agency: Agency
    stationery: Stationery

    def series(self, on: date) -> str:
        """Return the name of the year's series of numbers."""
        return f"letters {self.agency.code} {on.year}"

    def number(self, on: date, count: int) -> str:
        """Return the 文号 of the year's letter of this count."""
        return letter_number(self.agency.code, on.year, count)

    def signed(self, file: File, act: Act, number: str) -> Act:
        """Return an act with the facts that its letter brings: the number, and for a reply the digest of its text."""
        fact = NUMBERED.get(act.step)
        facts = dict(act.facts)
        if fact is not None:
            facts[fact] = number
        if act.step is RequestStep.SIGN and file.request.stage is Stage.SIGNING:
            letter = self._letter(_reply_kind(file.request), file, act, number, original_due=None)
            facts[Fact.LETTER_DIGEST] = digest(letter)
        return replace(act, facts=facts)

    def preview(self, file: File, *, today: date) -> str:
        """Return the reply as it would be signed today; raise UnfinishedLetter for what it still lacks."""
        act = Act(RequestStep.SIGN, "", Role.SIGNER, file.docket.case.received_at, today)
        letter = self._letter(_reply_kind(file.request), file, act, PENDING, original_due=None)
        return plain_text(letter)

    def papers(self, before: File, after: File, event: Event, number: str) -> Sequence[Paper]:
        """Return the letters that go out with an event, in the order of sending."""
        original_due = before.clock.due if before.clock is not None else None
        # one number for one letter: what goes with it has none
        numbers = {kind: "" if place else number for place, kind in enumerate(_kinds(after.request, event.act))}
        return tuple(
            self._paper(kind, after, event.act, own, original_due=original_due) for kind, own in numbers.items()
        )

    def receipt(self, file: File, act: Act) -> Sequence[Paper]:
        """Return the receipt of a request that came into being by this act on another one."""
        return (self._paper(LetterKind.RECEIPT, file, act, "", original_due=None),)

    def _paper(self, kind: Kind, file: File, act: Act, number: str, *, original_due: date | None) -> Paper:
        letter = self._letter(kind, file, act, number, original_due=original_due)
        return Paper(
            kind=kind,
            number=letter.number,
            at=act.at,
            by=act.actor,
            text=plain_text(letter),
            html=page(letter, self.stationery),
            docx=word_file(letter, self.stationery),
            digest=digest(letter),
        )

    def word(self, after: File, papers: Sequence[Paper], *, merged: bool = False) -> str:
        """Return what the applicant is told in the chat: the letters that are theirs, or a merger; empty for none."""
        if merged:
            return MERGED.format(reference=after.docket.case.reference, into=after.request.merged_into)
        theirs = [paper.text for paper in papers if self._to(paper) is Addressee.APPLICANT]
        if not theirs:
            return ""
        return f"您的政府信息公开申请 {after.docket.case.reference} 有新的文书：\n\n" + "\n\n".join(theirs)

    def _to(self, paper: Paper) -> Addressee:
        return self.wording.letters[kind_of(paper.kind)].to

    def _letter(self, kind: Kind, file: File, act: Act, number: str, *, original_due: date | None) -> Letter:
        case, clock = file.docket.case, file.clock
        to = self.wording.letters[kind].to
        sheet = Sheet(
            kind=kind,
            reference=case.reference,
            dated=act.on,
            number=number,
            addressee="" if to is Addressee.APPLICANT else act.facts.get(Fact.RECIPIENT, _heard(file.request, act)),
            # a reply rests on what was proposed, not on the signature
            facts={} if isinstance(kind, Outcome) else act.facts,
            due_on=clock.due if clock is not None else None,
            provisional=clock.provisional if clock is not None else False,
            original_due_on=original_due,
            code=case.code,
            online=bool(case.channel),
        )
        return compose(file.request, sheet, self.wording, self.agency)


def _kinds(request: DisclosureRequest, act: Act) -> tuple[Kind, ...]:
    if act.step is RequestStep.SIGN:
        return (_reply_kind(request),)
    if act.step is RequestStep.CONSULT:
        if request.hearings[-1].party is Party.THIRD_PARTY:
            return (LetterKind.CONSULT_THIRD, LetterKind.CONSULT_CONFIRMATION, LetterKind.CONSULT_NOTICE)
        return (LetterKind.CONSULT_JOINT, LetterKind.CONSULT_NOTICE)
    return KINDS.get(act.step, ())


def _reply_kind(request: DisclosureRequest) -> Kind:
    if request.proposal is None:
        raise ValueError("nothing was proposed")
    return request.proposal.outcome


def _heard(request: DisclosureRequest, act: Act) -> str:
    letter = act.facts.get(Fact.CONSULTATION)
    return next((each.recipient for each in request.hearings if each.letter == letter), "")
