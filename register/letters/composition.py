"""A letter composed from the wording, the request and what the caller knows; it is never handed out unfinished."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace

from jinja2 import Template, TemplateError

from register.consultation import Party
from register.errors import UnfinishedLetter
from register.facts import Fact
from register.filing import Receipt
from register.letters.kinds import Addressee, Kind, LetterKind
from register.letters.lint import head_faults, remedy_faults
from register.letters.wording import Wording, chinese_day
from register.outcomes import RULINGS, Outcome, Remedy
from register.remedies import Redress, remedy_of
from register.request import DisclosureRequest, Hearing, Search, Withheld

_REPEATED_TITLE = re.compile(r"(《[^《》]+》)([^《》，。；]+、)\1")


@dataclass(frozen=True, slots=True)
class Agency:
    """The office that signs (本机关). `code` is its 机关代字, `payee` how a fee is paid."""

    name: str
    code: str
    address: str
    hours: str
    phone: str
    redress: Redress
    payee: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sheet: what it is called, and its text."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a letter says beyond the request's history.

    `facts` are those of the step that brings the letter; a reply takes its proposal's where none are given. `addressee`
    empty: the applicant. `due_on` is the last day for the answer (`provisional`: 预计), `original_due_on` the one
    before an extension, `due_why` a sentence on how it was counted. `code` is the query code. `online`: it is delivered
    on the internet, so the reply names the way to apply for reconsideration there.
    """

    kind: Kind
    reference: str
    dated: date
    number: str = ""
    addressee: str = ""
    facts: Mapping[Fact, str] = field(default_factory=dict)
    due_on: date | None = None
    provisional: bool = False
    due_why: str = ""
    original_due_on: date | None = None
    code: str = ""
    rows: tuple[Row, ...] = ()
    attachments: tuple[str, ...] = ()
    online: bool = True


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished letter, before it is printed. `version` is that of the wording it was composed from."""

    kind: Kind
    title: str
    number: str
    addressee: str
    paragraphs: tuple[str, ...]
    agency: str
    dated: str
    version: str


def compose(
    request: DisclosureRequest,
    sheet: Sheet,
    wording: Wording,
    agency: Agency,
    *,
    inquiry_review_first: bool = False,
) -> Letter:
    """Return the letter.

    Raises UnfinishedLetter, with a sentence in Chinese for each fault, where something it must state is missing or its
    remedy is not that of the outcome.
    """
    text = wording.letters[sheet.kind]
    remedy = _remedy(request, sheet.kind, inquiry_review_first=inquiry_review_first)
    try:
        context = _context(request, sheet, wording, agency)
        redress = _redress(remedy, sheet, wording, context)
        paragraphs = (
            *(_lines(wording.frame["opening"], context) if text.to is Addressee.APPLICANT else ()),
            *_lines(text.body, context),
            *_attachments(sheet, wording),
            *redress,
            *(() if text.to is Addressee.FILE else _lines(wording.frame["contact"], context)),
            *(_lines(wording.frame["complaint"], context) if text.to is Addressee.APPLICANT else ()),
        )
    except (TemplateError, ValueError, KeyError, TypeError) as error:
        raise UnfinishedLetter((f"“{text.title}”还缺内容：{error}",)) from error
    applicant = request.filing.applicant.name if request.filing is not None else ""
    named = sheet.addressee or (applicant if text.to is Addressee.APPLICANT else "")
    letter = Letter(
        kind=sheet.kind,
        title=text.title,
        number=sheet.number,
        addressee=_plain(named),
        paragraphs=paragraphs,
        agency=agency.name,
        dated=chinese_day(sheet.dated),
        version=wording.version,
    )
    wrong = (
        *head_faults(sheet.kind, text.to, number=letter.number, addressee=letter.addressee),
        *remedy_faults(remedy, agency.redress, "\n".join(redress), online=sheet.online),
    )
    if wrong:
        raise UnfinishedLetter(wrong)
    return letter


def _remedy(request: DisclosureRequest, kind: Kind, *, inquiry_review_first: bool) -> Remedy:
    if kind is LetterKind.DISCLOSURE_NOTICE:
        return Remedy.EITHER
    if not isinstance(kind, Outcome):
        return Remedy.NONE
    if request.proposal is None or request.proposal.outcome is not kind:
        raise UnfinishedLetter(("办理结果和文书不一致。",))
    return remedy_of(request.proposal, withdrawn=request.withdrawn, inquiry_review_first=inquiry_review_first)


def _redress(remedy: Remedy, sheet: Sheet, wording: Wording, context: Mapping[str, object]) -> tuple[str, ...]:
    if remedy is Remedy.NONE:
        return ()
    online = _lines(wording.remedies["online"], context) if sheet.online else ()
    return (*_lines(wording.remedies[remedy], context), *online)


def _attachments(sheet: Sheet, wording: Wording) -> tuple[str, ...]:
    if not sheet.attachments:
        return ()
    listed = (f"{number}. {_plain(name)}" for number, name in enumerate(sheet.attachments, start=1))
    return (*_lines(wording.frame["attachments"], {}), *listed)


def _lines(template: Template, context: Mapping[str, object]) -> tuple[str, ...]:
    rendered = template.render(context)
    while _REPEATED_TITLE.search(rendered):
        rendered = _REPEATED_TITLE.sub(r"\1\2", rendered)
    return tuple(line.strip() for line in rendered.splitlines() if line.strip())


def _plain(text: str) -> str:
    """Return a text without the control characters that a Word file cannot hold, lines joined."""
    return "".join(sign for sign in " ".join(text.split()) if unicodedata.category(sign) not in {"Cc", "Cs", "Cn"})


def _clause(text: str) -> str:
    """Return a text as a part of a sentence: the template sets the full stop."""
    return _plain(text).rstrip("。；; ")


def _context(request: DisclosureRequest, sheet: Sheet, wording: Wording, agency: Agency) -> dict[str, object]:
    received = request.received_on
    law = wording.law(received or sheet.dated)
    facts = sheet.facts or (request.proposal.facts if request.proposal is not None else {})
    context: dict[str, object | None] = {
        "agency": agency,
        "law": law,
        "reference": sheet.reference,
        "parent": request.parent,
        "fact": SimpleNamespace(**{fact.value: _clause(text) for fact, text in facts.items()}),
        "code": sheet.code,
        "rows": tuple(Row(_plain(row.label), _plain(row.text)) for row in sheet.rows),
        "received": _day(received),
        "due": _due(sheet, wording),
        "due_why": sheet.due_why,
        "original_due": _day(sheet.original_due_on),
        "searches": tuple(_searched(search) for search in request.searches if search.by),
        "withheld": _withheld(request, law, wording),
        **_of_the_form(request, wording),
        **_of_the_course(request, wording),
    }
    return {name: value for name, value in context.items() if value not in (None, "")}


def _of_the_form(request: DisclosureRequest, wording: Wording) -> dict[str, object | None]:
    filing, receipt = request.filing, request.receipt
    if filing is None or receipt is None:
        return {}
    return {
        "asked": _plain(filing.wish.description),
        "delivery": wording.words[filing.wish.route].render(),
        "receipt_rule": _receipt_rule(receipt, wording),
    }


def _receipt_rule(receipt: Receipt, wording: Wording) -> str:
    rule = wording.words[receipt.channel].render()
    moved = receipt.received_on is not None and receipt.received_on != receipt.happened_on
    return f"{rule}，{wording.words['next_workday'].render()}" if moved else rule


def _of_the_course(request: DisclosureRequest, wording: Wording) -> dict[str, object | None]:
    extension = request.extension
    return {
        **_of_the_hearings(request.hearings, wording),
        **_of_the_applicants_turn(request, wording),
        "extension_reason": _clause(extension.reason) if extension else None,
        "extension_days": extension.days if extension else None,
        "withdrawn_on": _day(request.closed_on if request.withdrawn else None),
    }


def _of_the_applicants_turn(request: DisclosureRequest, wording: Wording) -> dict[str, object | None]:
    correction, reasons, fee = request.correction, request.reasons, request.fee
    given = "reasons_given" if reasons is not None and reasons.given else "no_reasons_given"
    return {
        "correction_asked": _day(correction.asked_on if correction else None),
        "correction_received": _day(correction.corrected_on if correction else None),
        "reasons_asked": _day(reasons.asked_on if reasons else None),
        "reasons_given": wording.words[given].render(),
        "fee_due": _day(fee.due_on if fee else None),
    }


def _of_the_hearings(hearings: Sequence[Hearing], wording: Wording) -> dict[str, object | None]:
    if not hearings:
        return {}
    last = hearings[-1]
    views = [each.view for each in hearings if each.party is Party.THIRD_PARTY and each.view is not None]
    return {
        "party": wording.words[last.party].render(),
        "consulted_on": _day(last.sent_on),
        "hearing": wording.words[views[-1]].render() if views else None,
    }


def _withheld(request: DisclosureRequest, law: Mapping[str, str], wording: Wording) -> tuple[Mapping[str, str], ...]:
    parts = request.proposal.withheld if request.proposal is not None else ()
    return tuple(
        {"part": _clause(each.part), "basis": _basis(each, law, wording), "reason": _clause(each.reason)}
        for each in parts
    )


def _searched(search: Search) -> Mapping[str, str]:
    return {
        "on": search.on.isoformat(),
        "system": _clause(search.system),
        "keywords": _plain(search.keywords),
        "hits": _clause(search.hits),
    }


def _basis(part: Withheld, law: Mapping[str, str], wording: Wording) -> str:
    if part.ground is None:
        return wording.words["no_information"].render()
    return "、".join(law[name] for name in RULINGS[part.ground].basis if name != "a36_3")


def _due(sheet: Sheet, wording: Wording) -> str | None:
    day = _day(sheet.due_on)
    return wording.words["provisional"].render(day=day) if sheet.provisional and day is not None else day


def _day(on: date | None) -> str | None:
    return None if on is None else chinese_day(on)
