"""What forbids a step beyond the table: what happened once already, terms gone by, what is not on record; pure."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from types import MappingProxyType

from register.charging import Measure, pages_of, wants_copies
from register.circumstances import Circumstances
from register.disputes import DisputeResult
from register.evidence import against_proposal, against_signing
from register.facts import Fact
from register.form import DESCRIPTION_LENGTH
from register.outcomes import GIVES, LAPSES
from register.refusals import Reason, Refusal
from register.request import Act, DisclosureRequest, Hearing, View
from register.splitting import MOST_PARTS, matters
from register.steps import RequestStep, Stage
from register.timeline import date_of


def _submit(_: DisclosureRequest, act: Act, circumstances: Circumstances) -> Refusal | None:
    receipt, today = act.receipt, circumstances.today
    if act.filing is None or receipt is None:
        return Refusal(Reason.MISSING_FACTS, frozenset({Fact.TEXT}))
    if max(receipt.arrived_on, receipt.confirmed_on or date.min) > today:
        return Refusal(Reason.FUTURE)
    if receipt.confirmed_on is not None and receipt.confirmed_on < receipt.arrived_on:
        return Refusal(Reason.BEFORE_RECEIPT)
    return Refusal(Reason.BACKDATED) if receipt.backdated(today) else None


def _confirm_receipt(request: DisclosureRequest, _: Act, __: Circumstances) -> Refusal | None:
    return Refusal(Reason.ALREADY_RECEIVED) if request.received_on is not None else None


def _acknowledge(request: DisclosureRequest, _: Act, __: Circumstances) -> Refusal | None:
    return Refusal(Reason.NOT_RECEIVED) if request.received_on is None else None


def _ask_correction(request: DisclosureRequest, act: Act, circumstances: Circumstances) -> Refusal | None:
    if request.correction is not None:
        return Refusal(Reason.ALREADY_CORRECTED)
    if circumstances.correction_notice_due is not None and act.on > circumstances.correction_notice_due:
        return Refusal(Reason.NOTICE_TOO_LATE)
    return _later(act)


def _later(act: Act) -> Refusal | None:
    due = date_of(act, Fact.DUE_ON)
    return Refusal(Reason.TERM_IN_PAST) if due is None or due <= act.on else None


def _grant_time(_: DisclosureRequest, act: Act, __: Circumstances) -> Refusal | None:
    return _later(act)


def _lapse(request: DisclosureRequest, act: Act, circumstances: Circumstances) -> Refusal | None:
    if request.stage is Stage.FEE:
        due = circumstances.letters.get(request.fee.notice) if request.fee is not None else None
    else:
        due = request.correction.due_on if request.correction is not None else None
    return _over(due, act)


def _over(due: date | None, act: Act) -> Refusal | None:
    return Refusal(Reason.TERM_RUNNING) if due is None or act.on <= due else None


def _judge_reasons(request: DisclosureRequest, act: Act, _: Circumstances) -> Refusal | None:
    reasons = request.reasons
    if reasons is None or (not reasons.given and act.on <= reasons.due_on):
        return Refusal(Reason.NO_REASONS)
    if act.step is RequestStep.ACCEPT_REASONS and not reasons.given:
        return Refusal(Reason.NO_REASONS)
    return None


def _delay(request: DisclosureRequest, act: Act, circumstances: Circumstances) -> Refusal | None:
    if request.reasons is None or not request.reasons.accepted:
        return Refusal(Reason.REASONS_NOT_ACCEPTED)
    if request.due_on is not None:
        return Refusal(Reason.ALREADY_FIXED)
    return _in_time(act, circumstances) or _later(act)


def _in_time(act: Act, circumstances: Circumstances) -> Refusal | None:
    late = circumstances.due_on is not None and act.on > circumstances.due_on
    return Refusal(Reason.AFTER_DEADLINE) if late else None


def _charge(request: DisclosureRequest, act: Act, circumstances: Circumstances) -> Refusal | None:
    if not circumstances.fees:
        return Refusal(Reason.FEES_OFF)
    if request.fee is not None:
        return Refusal(Reason.ALREADY_CHARGED)
    if act.facts[Fact.MEASURE] == Measure.PER_PAGE and not wants_copies(request):
        return Refusal(Reason.NO_COPIES)
    if act.facts[Fact.MEASURE] == Measure.PER_PAGE and not pages_of(act.facts.get(Fact.PAGES, "")):
        return Refusal(Reason.MISSING_FACTS, frozenset({Fact.PAGES}))
    if act.facts[Fact.AMOUNT] == "0":
        return Refusal(Reason.NO_FEE)
    return _in_time(act, circumstances)


def _record_fee_notice(request: DisclosureRequest, act: Act, _: Circumstances) -> Refusal | None:
    if request.fee is None or act.facts[Fact.FEE_NOTICE] != request.fee.notice:
        return Refusal(Reason.BAD_FACT, frozenset({Fact.FEE_NOTICE}))
    return _later(act)


def _consult(request: DisclosureRequest, act: Act, _: Circumstances) -> Refusal | None:
    known = any(hearing.letter == act.facts[Fact.CONSULTATION] for hearing in request.hearings)
    return Refusal(Reason.LETTER_TAKEN) if known else None


def _hearing(request: DisclosureRequest, act: Act, overtaken: Collection[str] = ()) -> Hearing | None:
    """Return the hearing that an act is about, if it goes on, or if its silence was noted too early."""
    named = (each for each in request.hearings if each.letter == act.facts[Fact.CONSULTATION])
    return next((each for each in named if each.ended_on is None or each.letter in overtaken), None)


def _record_consultation(request: DisclosureRequest, act: Act, _: Circumstances) -> Refusal | None:
    hearing = _hearing(request, act)
    if hearing is None or act.on < hearing.sent_on:
        return Refusal(Reason.NO_CONSULTATION)
    return _later(act)


def _answer_consultation(request: DisclosureRequest, act: Act, circumstances: Circumstances) -> Refusal | None:
    hearing = _hearing(request, act, request.overtaken(circumstances.letters))
    if hearing is None or act.on < hearing.sent_on:
        return Refusal(Reason.NO_CONSULTATION)
    against = act.facts[Fact.ANSWER] in {View.OBJECTS, View.PARTLY}
    if against and not act.facts.get(Fact.REASON, "").strip() and not act.note.strip():
        return Refusal(Reason.OBJECTION_WITHOUT_REASON)
    return None


def _note_silence(request: DisclosureRequest, act: Act, circumstances: Circumstances) -> Refusal | None:
    hearing = _hearing(request, act, request.overtaken(circumstances.letters))
    if hearing is None:
        return Refusal(Reason.NO_CONSULTATION)
    return _over(circumstances.letters.get(hearing.letter), act)


def _inform_third_party(request: DisclosureRequest, act: Act, _: Circumstances) -> Refusal | None:
    letter = act.facts[Fact.CONSULTATION]
    stands = any(each.letter == letter and each.stands_against for each in request.hearings)
    return None if stands else Refusal(Reason.THIRD_PARTY_NOT_TOLD)


def _record_third_party_notice(request: DisclosureRequest, act: Act, _: Circumstances) -> Refusal | None:
    letter = act.facts[Fact.CONSULTATION]
    told = [each.told_on for each in request.hearings if each.letter == letter and each.notice_served is None]
    awaited = any(on is not None and on <= act.on for on in told)
    return None if awaited else Refusal(Reason.NO_NOTICE)


def _ask_extension(request: DisclosureRequest, act: Act, circumstances: Circumstances) -> Refusal | None:
    if request.extension is not None:
        return Refusal(Reason.ALREADY_EXTENDED)
    if request.due_on is not None:
        return Refusal(Reason.TERM_FIXED)
    return _in_time(act, circumstances)


def _approve_extension(request: DisclosureRequest, act: Act, circumstances: Circumstances) -> Refusal | None:
    if request.extension is None or request.extension.approved_by:
        return Refusal(Reason.NO_EXTENSION)
    return _in_time(act, circumstances)


def _refuse_extension(request: DisclosureRequest, _: Act, __: Circumstances) -> Refusal | None:
    pending = request.extension is not None and not request.extension.approved_by
    return None if pending else Refusal(Reason.NO_EXTENSION)


def _notify_extension(request: DisclosureRequest, act: Act, circumstances: Circumstances) -> Refusal | None:
    extension = request.extension
    if extension is None or not extension.approved_by or extension.notified_on is not None:
        return Refusal(Reason.NO_EXTENSION)
    if act.facts.get(Fact.DAYS) != str(extension.days):
        return Refusal(Reason.BAD_FACT, frozenset({Fact.DAYS}))
    return _in_time(act, circumstances)


def _propose(request: DisclosureRequest, act: Act, circumstances: Circumstances) -> Refusal | None:
    if request.stage is Stage.DRAFTING and request.origin is not Stage.PROCESSING:
        return Refusal(Reason.FIXED_OUTCOME)
    if act.proposal is None:
        return Refusal(Reason.NO_PROPOSAL)
    if act.proposal.outcome in LAPSES:
        return Refusal(Reason.ONLY_BY_LAPSE)
    reference = act.proposal.facts.get(Fact.EARLIER_CASE)
    if reference is not None:
        earlier = circumstances.find(reference)
        if earlier is None or not (earlier.same_applicant and earlier.replied):
            return Refusal(Reason.EARLIER_CASE_UNFIT)
    return None


def _submit_draft(request: DisclosureRequest, _: Act, circumstances: Circumstances) -> Refusal | None:
    return _noted_too_early(request, circumstances) or against_proposal(request)


def _sign(request: DisclosureRequest, _: Act, circumstances: Circumstances) -> Refusal | None:
    return _noted_too_early(request, circumstances) or against_signing(request)


def _noted_too_early(request: DisclosureRequest, circumstances: Circumstances) -> Refusal | None:
    return Refusal(Reason.NOTED_TOO_EARLY) if request.overtaken(circumstances.letters) else None


def _deliver(request: DisclosureRequest, act: Act, _: Circumstances) -> Refusal | None:
    signed = request.signature
    return Refusal(Reason.BAD_FACT, frozenset({Fact.PROOF})) if signed is None or act.on < signed.on else None


def _record_arrival(request: DisclosureRequest, act: Act, _: Circumstances) -> Refusal | None:
    sent = request.decisions[-1].sending if request.decisions else None
    awaited = sent is not None and sent.learned_on is None and act.on >= sent.delivered_on
    return None if awaited else Refusal(Reason.NOTHING_POSTED)


def _merge(request: DisclosureRequest, act: Act, circumstances: Circumstances) -> Refusal | None:
    if request.decisions:
        # what a decision on a dispute ordered is answered, not merged
        return Refusal(Reason.NOT_HERE)
    other = circumstances.find(act.facts[Fact.MERGED_INTO])
    if other is None or not (other.same_applicant and other.owed):
        return Refusal(Reason.MERGE_UNFIT)
    later = (other.received_on or date.min) > (request.received_on or date.max)
    return Refusal(Reason.MERGE_UNFIT) if later else None


def _split(request: DisclosureRequest, act: Act, _: Circumstances) -> Refusal | None:
    if request.decisions:
        return Refusal(Reason.NOT_HERE)
    if request.fee is not None:
        # the notice was for the whole
        return Refusal(Reason.SPLIT_AFTER_FEE)
    parts = matters(act.facts[Fact.PARTS])
    fits = len(set(parts)) == len(parts) and all(len(part) <= DESCRIPTION_LENGTH for part in parts)
    return None if fits and 1 < len(parts) <= MOST_PARTS else Refusal(Reason.BAD_PARTS)


def _dispute(request: DisclosureRequest, act: Act, _: Circumstances) -> Refusal | None:
    if request.merged_into or request.parts:
        # the reply is the other request's, and so is the dispute about it
        return Refusal(Reason.NOT_HERE)
    known = any(each.reference == act.facts[Fact.DISPUTE] for each in request.disputes)
    return Refusal(Reason.DISPUTE_KNOWN) if known else None


def _rule_dispute(request: DisclosureRequest, act: Act, _: Circumstances) -> Refusal | None:
    pending = any(each.reference == act.facts[Fact.DISPUTE] and each.result is None for each in request.disputes)
    return None if pending else Refusal(Reason.NO_DISPUTE)


def _redo(request: DisclosureRequest, act: Act, _: Circumstances) -> Refusal | None:
    ordered = any(
        each.reference == act.facts[Fact.DISPUTE] and each.result is DisputeResult.CORRECTED and not each.redone
        for each in request.disputes
    )
    return _later(act) if ordered else Refusal(Reason.NOT_ORDERED)


def _publish(request: DisclosureRequest, _: Act, __: Circumstances) -> Refusal | None:
    return None if request.outcome in GIVES else Refusal(Reason.NOTHING_GIVEN)


GUARDS: Mapping[RequestStep, Callable[[DisclosureRequest, Act, Circumstances], Refusal | None]] = MappingProxyType(
    {
        RequestStep.SUBMIT: _submit,
        RequestStep.CONFIRM_RECEIPT: _confirm_receipt,
        RequestStep.ACKNOWLEDGE: _acknowledge,
        RequestStep.ASK_CORRECTION: _ask_correction,
        RequestStep.GRANT_TIME: _grant_time,
        RequestStep.LAPSE: _lapse,
        RequestStep.ACCEPT_REASONS: _judge_reasons,
        RequestStep.REJECT_REASONS: _judge_reasons,
        RequestStep.DELAY: _delay,
        RequestStep.CHARGE: _charge,
        RequestStep.RECORD_FEE_NOTICE: _record_fee_notice,
        RequestStep.CONSULT: _consult,
        RequestStep.RECORD_CONSULTATION: _record_consultation,
        RequestStep.ANSWER_CONSULTATION: _answer_consultation,
        RequestStep.NOTE_SILENCE: _note_silence,
        RequestStep.INFORM_THIRD_PARTY: _inform_third_party,
        RequestStep.RECORD_THIRD_PARTY_NOTICE: _record_third_party_notice,
        RequestStep.ASK_EXTENSION: _ask_extension,
        RequestStep.APPROVE_EXTENSION: _approve_extension,
        RequestStep.REFUSE_EXTENSION: _refuse_extension,
        RequestStep.NOTIFY_EXTENSION: _notify_extension,
        RequestStep.PROPOSE: _propose,
        RequestStep.SUBMIT_DRAFT: _submit_draft,
        RequestStep.SIGN: _sign,
        RequestStep.DELIVER: _deliver,
        RequestStep.RECORD_ARRIVAL: _record_arrival,
        RequestStep.SPLIT: _split,
        RequestStep.MERGE: _merge,
        RequestStep.DISPUTE: _dispute,
        RequestStep.RULE_DISPUTE: _rule_dispute,
        RequestStep.REDO: _redo,
        RequestStep.PUBLISH: _publish,
    }
)
