"""The course of a formal request: its state folded from its events; pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import reduce
from types import MappingProxyType

from register.consultation import Party
from register.delivery import Delivery, Sending, Service
from register.disputes import Dispute, DisputeKind, DisputeResult
from register.facts import Fact
from register.outcomes import Outcome
from register.request import (
    Act,
    Correction,
    Decision,
    DisclosureRequest,
    Event,
    Extension,
    Fee,
    Hearing,
    Proposal,
    Reasons,
    Search,
    Signature,
    View,
)
from register.splitting import matters
from register.steps import RequestStep, Role, Stage
from register.timeline import date_of, letter_of, received_on


def fold(events: Iterable[Event]) -> DisclosureRequest:
    """Return the state of a request after these events, oldest first; history is taken as it is, not judged again."""
    return reduce(evolve, events, DisclosureRequest())


def evolve(request: DisclosureRequest, event: Event) -> DisclosureRequest:
    """Return the request after one more event."""
    change = _CHANGES.get(event.act.step)
    changed = request if change is None else change(request, event.act)
    handlers = changed.handlers | {event.act.actor} if event.act.role is Role.HANDLER else changed.handlers
    return replace(changed, stage=event.after, handlers=handlers, version=request.version + 1)


def _submit(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    found = act.facts.get(Fact.HITS, "")
    # what the bot found before the request was filed is the first entry of the search record
    searches = (Search("", act.on, act.facts.get(Fact.SYSTEM, ""), act.facts.get(Fact.KEYWORDS, ""), found),)
    return replace(
        request,
        filing=act.filing,
        receipt=act.receipt,
        received_on=received_on(act),
        parent=act.facts.get(Fact.PARENT, ""),
        department=act.facts.get(Fact.DEPARTMENT, ""),
        searches=searches if found else (),
    )


def _confirm_receipt(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    receipt = request.receipt
    confirmed = None if receipt is None else replace(receipt, confirmed_on=act.on, received_on=received_on(act))
    return replace(request, received_on=received_on(act), receipt=confirmed)


def _ask_correction(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return replace(request, correction=Correction(act.on, _stated(act, Fact.DUE_ON)))


def _correct(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return _with_correction(request, lambda correction: replace(correction, corrected_on=act.on))


def _grant_time(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return _with_correction(request, lambda correction: replace(correction, due_on=_stated(act, Fact.DUE_ON)))


def _with_correction(request: DisclosureRequest, change: Callable[[Correction], Correction]) -> DisclosureRequest:
    return replace(request, correction=change(request.correction)) if request.correction is not None else request


def _lapse(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    fees = request.stage is Stage.FEE
    outcome = Outcome.OTHER_FEE_LAPSED if fees else Outcome.OTHER_CORRECTION_LAPSED
    end = date_of(act, Fact.TERM_END)
    over = _with_fee(request, lambda fee: replace(fee, due_on=end or fee.due_on, lapsed_on=act.on))
    return replace(over if fees else request, origin=request.stage, proposal=Proposal(outcome, act.facts))


def _ask_reasons(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return replace(request, reasons=Reasons(act.on, _stated(act, Fact.DUE_ON)))


def _give_reasons(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return _with_reasons(request, lambda reasons: replace(reasons, given=act.facts.get(Fact.REASONS_GIVEN, "")))


def _accept_reasons(request: DisclosureRequest, _: Act) -> DisclosureRequest:
    return _with_reasons(request, lambda reasons: replace(reasons, accepted=True))


def _reject_reasons(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    rejected = _with_reasons(request, lambda reasons: replace(reasons, accepted=False))
    return replace(rejected, origin=Stage.REASONS, proposal=Proposal(Outcome.NOPROC_EXCESSIVE, act.facts))


def _with_reasons(request: DisclosureRequest, change: Callable[[Reasons], Reasons]) -> DisclosureRequest:
    return replace(request, reasons=change(request.reasons)) if request.reasons is not None else request


def _fix_term(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return replace(request, due_on=_stated(act, Fact.DUE_ON))


def _charge(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return replace(request, fee=Fee(act.facts.get(Fact.FEE_NOTICE, ""), act.facts.get(Fact.AMOUNT, ""), act.on))


def _record_fee_notice(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return _with_fee(request, lambda fee: replace(fee, due_on=_stated(act, Fact.DUE_ON)))


def _pay(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return _with_fee(request, lambda fee: replace(fee, paid_on=act.on))


def _with_fee(request: DisclosureRequest, change: Callable[[Fee], Fee]) -> DisclosureRequest:
    return replace(request, fee=change(request.fee)) if request.fee is not None else request


def _search(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    facts = act.facts
    entry = Search(act.actor, act.on, facts[Fact.SYSTEM], facts[Fact.KEYWORDS], facts[Fact.HITS])
    return replace(request, searches=(*request.searches, entry))


def _consult(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    facts = act.facts
    hearing = Hearing(
        letter=facts[Fact.CONSULTATION],
        party=Party(facts[Fact.BASIS]),
        recipient=facts[Fact.RECIPIENT],
        question=facts[Fact.QUESTION],
        sent_on=act.on,
    )
    return replace(request, hearings=(*request.hearings, hearing))


def _record_consultation(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    due_on = _stated(act, Fact.DUE_ON)
    return _with_hearing(request, act, lambda hearing: replace(hearing, served=_service(act), due_on=due_on))


def _service(act: Act) -> Service:
    return Service(Delivery(act.facts[Fact.METHOD]), act.on, act.facts[Fact.PROOF])


def _answer_consultation(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    view, reason = View(act.facts[Fact.ANSWER]), act.facts.get(Fact.REASON, "")
    end = date_of(act, Fact.TERM_END)

    def answered(hearing: Hearing) -> Hearing:
        due_on = end or hearing.due_on
        return replace(hearing, due_on=due_on, ended_on=act.on, view=view, reason=reason, noted_on=None)

    return _with_hearing(request, act, answered)


def _note_silence(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    # the days up to the end of the term do not count, however late the silence is noted
    def silent(hearing: Hearing) -> Hearing:
        end = date_of(act, Fact.TERM_END) or hearing.due_on
        return replace(hearing, due_on=end, ended_on=end, view=View.SILENT, noted_on=act.on)

    return _with_hearing(request, act, silent)


def _recompute(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    """Keep the new last day of a letter that is still open; that of the answer is not kept with the request."""
    if letter_of(act) not in request.letters:
        return request
    due_on = date_of(act, Fact.DUE_ON)
    if Fact.FEE_NOTICE in act.facts:
        return _with_fee(request, lambda fee: replace(fee, due_on=due_on))
    return _with_hearing(request, act, lambda hearing: replace(hearing, due_on=due_on))


def _inform_third_party(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return _with_hearing(request, act, lambda hearing: replace(hearing, told_on=act.on))


def _record_third_party_notice(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return _with_hearing(request, act, lambda hearing: replace(hearing, notice_served=_service(act)))


def _with_hearing(request: DisclosureRequest, act: Act, change: Callable[[Hearing], Hearing]) -> DisclosureRequest:
    letter = act.facts.get(Fact.CONSULTATION)
    hearings = tuple(change(each) if each.letter == letter else each for each in request.hearings)
    return replace(request, hearings=hearings)


def _ask_extension(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return replace(request, extension=Extension(int(act.facts[Fact.DAYS]), act.facts[Fact.REASON], act.on))


def _approve_extension(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return _with_extension(request, lambda extension: replace(extension, approved_by=act.actor))


def _refuse_extension(request: DisclosureRequest, _: Act) -> DisclosureRequest:
    return replace(request, extension=None)


def _notify_extension(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return _with_extension(request, lambda extension: replace(extension, notified_on=act.on))


def _with_extension(request: DisclosureRequest, change: Callable[[Extension], Extension]) -> DisclosureRequest:
    return replace(request, extension=change(request.extension)) if request.extension is not None else request


def _propose(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return replace(request, origin=Stage.PROCESSING, proposal=act.proposal)


def _back(request: DisclosureRequest, _: Act) -> DisclosureRequest:
    judged_again = _with_reasons(request, lambda reasons: replace(reasons, accepted=None))
    returned = judged_again if request.origin is Stage.REASONS else request
    return replace(returned, origin=None, proposal=None)


def _pass_review(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return replace(request, reviewed_by=act.actor)


def _pass_secrecy(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return replace(request, secrecy_by=act.actor, secrecy_review=act.facts.get(Fact.SECRECY_REVIEW, ""))


def _return(request: DisclosureRequest, _: Act) -> DisclosureRequest:
    return replace(request, reviewed_by="", secrecy_by="", secrecy_review="")


def _sign(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    facts = act.facts
    return replace(
        request, signature=Signature(facts[Fact.LETTER_NUMBER], facts[Fact.LETTER_DIGEST], act.actor, act.on)
    )


def _deliver(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    if request.signature is None or request.proposal is None:
        return request
    sending = Sending(Delivery(act.facts[Fact.METHOD]), act.on, date_of(act, Fact.DUE_ON))
    decision = Decision(request.proposal.outcome, request.signature.on, sending)
    return replace(request, decisions=(*request.decisions, decision))


def _record_arrival(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    *earlier, last = request.decisions
    if last.sending is None:
        return request
    arrived = replace(last, sending=replace(last.sending, arrived_on=act.on))
    return replace(request, decisions=(*earlier, arrived))


def _close(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return replace(request, closed_on=act.on)


def _withdraw(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    decision = Decision(Outcome.OTHER_OTHER, act.on)
    return replace(request, withdrawn=True, decisions=(*request.decisions, decision), closed_on=act.on)


def _transfer(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return replace(request, department=act.facts[Fact.DEPARTMENT])


def _split(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return replace(request, parts=matters(act.facts[Fact.PARTS]), closed_on=act.on)


def _merge(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    return replace(request, merged_into=act.facts[Fact.MERGED_INTO], closed_on=act.on)


def _dispute(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    dispute = Dispute(act.facts[Fact.DISPUTE], DisputeKind(act.facts[Fact.DISPUTE_KIND]), act.on)
    return replace(request, disputes=(*request.disputes, dispute))


def _rule_dispute(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    result = DisputeResult(act.facts[Fact.DISPUTE_RESULT])
    return _with_dispute(request, act, lambda dispute: replace(dispute, result=result, ruled_on=act.on))


def _redo(request: DisclosureRequest, act: Act) -> DisclosureRequest:
    reopened = _with_dispute(request, act, lambda dispute: replace(dispute, redone=True))
    return replace(
        reopened,
        due_on=_stated(act, Fact.DUE_ON),
        closed_on=None,
        proposal=None,
        signature=None,
        reviewed_by="",
        secrecy_by="",
        secrecy_review="",
    )


def _with_dispute(request: DisclosureRequest, act: Act, change: Callable[[Dispute], Dispute]) -> DisclosureRequest:
    reference = act.facts.get(Fact.DISPUTE)
    disputes = tuple(change(each) if each.reference == reference else each for each in request.disputes)
    return replace(request, disputes=disputes)


def _stated(act: Act, fact: Fact) -> date:
    return date.fromisoformat(act.facts[fact])


_CHANGES: Mapping[RequestStep, Callable[[DisclosureRequest, Act], DisclosureRequest]] = MappingProxyType(
    {
        RequestStep.SUBMIT: _submit,
        RequestStep.CONFIRM_RECEIPT: _confirm_receipt,
        RequestStep.ASK_CORRECTION: _ask_correction,
        RequestStep.CORRECT: _correct,
        RequestStep.GRANT_TIME: _grant_time,
        RequestStep.LAPSE: _lapse,
        RequestStep.ASK_REASONS: _ask_reasons,
        RequestStep.GIVE_REASONS: _give_reasons,
        RequestStep.ACCEPT_REASONS: _accept_reasons,
        RequestStep.REJECT_REASONS: _reject_reasons,
        RequestStep.DELAY: _fix_term,
        RequestStep.CHARGE: _charge,
        RequestStep.RECORD_FEE_NOTICE: _record_fee_notice,
        RequestStep.PAY: _pay,
        RequestStep.SEARCH: _search,
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
        RequestStep.BACK: _back,
        RequestStep.PASS_REVIEW: _pass_review,
        RequestStep.PASS_SECRECY: _pass_secrecy,
        RequestStep.RETURN: _return,
        RequestStep.SIGN: _sign,
        RequestStep.DELIVER: _deliver,
        RequestStep.RECORD_ARRIVAL: _record_arrival,
        RequestStep.CLOSE: _close,
        RequestStep.WITHDRAW: _withdraw,
        RequestStep.TRANSFER: _transfer,
        RequestStep.RECOMPUTE: _recompute,
        RequestStep.SPLIT: _split,
        RequestStep.MERGE: _merge,
        RequestStep.DISPUTE: _dispute,
        RequestStep.RULE_DISPUTE: _rule_dispute,
        RequestStep.REDO: _redo,
    }
)
