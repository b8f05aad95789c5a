"""What must be on record before a reply may be sent for approval and signed."""

from register.facts import Fact
from register.outcomes import GIVES, GROUNDS, KINDS, RULINGS, Outcome
from register.refusals import Reason, Refusal
from register.request import DisclosureRequest, Proposal

PROVEN_ONLY = frozenset(
    {
        Fact.SEARCH_RECORD,
        Fact.THIRD_PARTY_HEARD,
        Fact.CORRECTION_ASKED,
        Fact.CORRECTION_RECEIVED,
        Fact.REASONS_ASKED,
        Fact.REASONS_GIVEN,
        Fact.SECRECY_REVIEW,
        Fact.WITHHELD_PARTS,
        Fact.FEE_NOTICE,
        Fact.WITHDRAWAL,
    }
)
"""Facts that count only when the history proves them, whatever a proposal claims."""
_LATER = frozenset({Fact.SECRECY_REVIEW})
"""Facts that arise on the way from the draft to the signature."""


def against_proposal(request: DisclosureRequest) -> Refusal | None:
    """Return why the proposed reply may not go to review yet, or None."""
    return _against(request, _LATER)


def against_signing(request: DisclosureRequest) -> Refusal | None:
    """Return why the proposed reply may not be signed, or None."""
    return _against(request, frozenset())


def missing_evidence(request: DisclosureRequest, proposal: Proposal) -> frozenset[Fact]:
    """Return what the outcome of a proposal still needs, SECRECY_REVIEW included as long as it has not taken place."""
    ruling = RULINGS[proposal.outcome]
    claimed = frozenset(fact for fact, text in proposal.facts.items() if text.strip()) - PROVEN_ONLY
    known = claimed | request.established
    if ruling.instead and ruling.instead <= known:
        return frozenset()
    return ruling.evidence - known


def _against(request: DisclosureRequest, later: frozenset[Fact]) -> Refusal | None:
    proposal = request.proposal
    if proposal is None:
        return Refusal(Reason.NO_PROPOSAL)
    missing = missing_evidence(request, proposal) - later
    if missing:
        return Refusal(Reason.MISSING_EVIDENCE, missing)
    wrong = frozenset(
        fact for fact, words in KINDS.items() if fact in proposal.facts and proposal.facts[fact] not in words
    )
    if wrong:
        return Refusal(Reason.BAD_FACT, wrong)
    return _against_withheld(proposal) or _against_disclosure(request, proposal)


def _against_withheld(proposal: Proposal) -> Refusal | None:
    fits = all(
        each.part.strip() and each.reason.strip() and (each.ground is None or each.ground in GROUNDS)
        for each in proposal.withheld
    )
    return None if fits else Refusal(Reason.WITHHELD_WITHOUT_GROUND)


def _against_disclosure(request: DisclosureRequest, proposal: Proposal) -> Refusal | None:
    if proposal.outcome not in GIVES:
        return None
    if any(each.ground is Outcome.DENY_THIRD for each in proposal.withheld):
        return None
    untold = any(hearing.stands_against and hearing.told_on is None for hearing in request.hearings)
    return Refusal(Reason.OBJECTION_STANDS) if untold else None
