"""正式申请: the application form filled in by chat, one question a turn, filed only on the citizen's word."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.types import Conversation, Message, Option, Reply, State
from handlers import texts
from handlers.composition import label
from handlers.quotation import quoted
from knowledge.errors import UnknownPassage
from knowledge.ports import Retriever
from knowledge.presentation import searched
from knowledge.topics import Topics
from knowledge.types import CURRENT
from register.correspondence import File
from register.errors import RefusedStep
from register.filing import Channel, Receipt
from register.form import advice, faults
from register.interview import CHOICES, Draft, Field, answered, fields, filing, masked, missing, without
from register.office import DisclosureOffice, Envelope
from register.particulars import without_particulars
from register.ports import Drafts

SUGGESTED = 3
SHOWN = 80
"""Characters of an answer that are repeated for confirmation: the whole form must fit into one message."""
_CONFIRM = re.compile(r"确认提交|确定提交|提交申请|提交")
_CHANGE = re.compile(r"(?:修改|改)\s*(\d{1,2})")
_GO_ON = frozenset({"继续", "继续申请", "继续填写"})
_SAME = frozenset({"是", "是的", "对", "1", "就是这个"})
_AGAIN = frozenset({"重填", "重新填写"})


@dataclass(frozen=True, slots=True)
class Filing:
    """Fills in and files the form of whoever asks for it.

    `new_id` gives each draft its id.
    """

    office: DisclosureOffice
    drafts: Drafts
    retriever: Retriever
    topics: Topics
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    async def begin(self, message: Message, conversation: Conversation, /) -> Reply:
        """Begin a form, or go on with the one begun before."""
        owner = _owner(message)
        known = await self.drafts.load(owner)
        if known is not None and not known.filed and known.answers:
            return self._ask(known, conversation, texts.GO_ON_WITH_FORM)
        draft = Draft(self.new_id(), {}, asked=message.key)
        await self.drafts.save(owner, draft, at=self.now())
        wanted = prefilled(message.text) or conversation.question
        opening = texts.form_begins(self.office.today())
        state = Conversation(State.FILING, wanted)
        if wanted:
            return _reply(f"{opening}\n{texts.same_wish(wanted)}", state, Option("1", "是，就申请这个"))
        return _reply(f"{opening}\n{texts.FORM[Field.DESCRIPTION]}", state)

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Take an answer, a wish to change one, or the confirmation."""
        owner = _owner(message)
        draft = await self.drafts.load(owner)
        if draft is None:
            return Reply(texts.FORM_GONE, "filing_gone")
        if draft.filed:
            return _receipt(await self.office.load(draft.filed))
        said = _said(message.text)
        if said in _AGAIN:
            draft = Draft(draft.id, {}, asked=message.key)
            await self.drafts.save(owner, draft, at=self.now())
        if draft.asked == message.key:
            return self._ask(draft, conversation)
        return await self._take(message, conversation, draft, said)

    async def forget(self, message: Message) -> None:
        """Leave nothing of the form: its owner leaves."""
        await self.drafts.drop(_owner(message))

    async def cancel(self, message: Message, _conversation: Conversation, /) -> Reply:
        """Leave nothing behind."""
        await self.drafts.drop(_owner(message))
        return Reply(texts.FORM_CANCELLED, "filing_cancelled")

    async def unreadable(self, _message: Message, conversation: Conversation, /) -> Reply:
        """Ask for words instead of a picture or a voice."""
        return _reply(texts.FORM_TEXT_PLEASE, conversation)

    async def _take(self, message: Message, conversation: Conversation, draft: Draft, said: str) -> Reply:
        if conversation.choices:
            return await self._suggested(conversation, draft, said)
        if missing(draft) is None:
            return await self._confirm(message, conversation, draft, said)
        return await self._answer(message, conversation, draft, said)

    async def _answer(self, message: Message, conversation: Conversation, draft: Draft, said: str) -> Reply:
        field = missing(draft)
        text = message.text
        if field is Field.DESCRIPTION and said in _SAME and conversation.question:
            text = conversation.question
        taken = answered(draft, text, today=self._today())
        if isinstance(taken, str):
            return self._ask(draft, conversation, taken)
        taken = replace(taken, asked=message.key)
        await self.drafts.save(_owner(message), taken, at=self.now())
        if field is Field.DESCRIPTION:
            return await self._suggest(taken)
        return self._ask(taken, Conversation(State.FILING))

    async def _suggest(self, draft: Draft) -> Reply:
        """Show what is published already, before anything personal is asked (deflection)."""
        wish = filing(draft).wish
        hints = advice(wish)
        finding = await self.retriever.find(wish.description)
        hits = finding.hits[:SUGGESTED]
        if not hits:
            return self._ask(draft, Conversation(State.FILING), *hints)
        await self.drafts.suggested(draft.id, at=self.now())
        options = tuple(Option(str(place), label(hit)) for place, hit in enumerate(hits, 1))
        wanted = without_particulars(wish.description)
        state = Conversation(State.FILING, wanted, choices=tuple(hit.passage.key for hit in hits))
        return replace(
            _reply("\n".join((*hints, texts.SUGGESTED)), state, *options, Option("继续", "接着申请")),
            status="filing_suggested",
        )

    async def _suggested(self, conversation: Conversation, draft: Draft, said: str) -> Reply:
        """Show the text chosen by number; any other word goes on with the form."""
        if said.isdecimal() and 1 <= int(said) <= len(conversation.choices):
            try:
                hit = await self.retriever.open(conversation.choices[int(said) - 1], conversation.question)
            except UnknownPassage:
                return self._ask(draft, Conversation(State.FILING))
            if hit.passage.document.validity not in CURRENT:
                # repealed or over since it was suggested
                return self._ask(draft, Conversation(State.FILING))
            await self.drafts.viewed(draft.id)
            text = f"{quoted(hit)}\n出处：{label(hit)}\n{texts.IS_IT_THIS}"
            return replace(_reply(text, conversation, Option("继续", "接着申请")), status="filing_viewed")
        if said in _GO_ON:
            return self._ask(draft, Conversation(State.FILING))
        return _reply(texts.NUMBER_OR_GO_ON, conversation, Option("继续", "接着申请"))

    async def _confirm(self, message: Message, conversation: Conversation, draft: Draft, said: str) -> Reply:
        change = _CHANGE.fullmatch(said)
        if change is not None and 1 <= int(change[1]) <= len(fields(draft)):
            changed = replace(without(draft, fields(draft)[int(change[1]) - 1]), asked=message.key)
            await self.drafts.save(_owner(message), changed, at=self.now())
            return self._ask(changed, Conversation(State.FILING))
        if not _CONFIRM.fullmatch(said):
            return self._ask(draft, conversation)
        return await self._file(message, conversation, draft)

    async def _file(self, message: Message, conversation: Conversation, draft: Draft) -> Reply:
        form, today = filing(draft), self._today()
        receipt = Receipt(Channel.INTERNET, today)
        wrong = faults(form, receipt, today=today)
        if wrong:
            return self._ask(draft, conversation, wrong[0].sentence)
        envelope = Envelope(
            source=f"form:{draft.id}",
            channel=message.user.channel,
            user=message.user.id,
            search=searched(await self.retriever.find(form.wish.description)),
            department=self.topics.closest(form.wish.description).department,
        )
        try:
            file = await self.office.file(form, receipt, envelope)
        except RefusedStep as refused:
            return self._ask(draft, conversation, refused.sentence)
        reference = file.docket.case.reference
        # the number is all that a redelivery needs: the personal data goes now
        await self.drafts.save(_owner(message), Draft(draft.id, {}, filed=reference), at=self.now())
        await self.drafts.filed(draft.id)
        return _receipt(file)

    def _ask(self, draft: Draft, conversation: Conversation, *before: str) -> Reply:
        """Ask the next question, or show the whole form for confirmation."""
        field = missing(draft)
        state = replace(conversation, state=State.FILING, choices=())
        if field is None:
            summary = [
                f"{place} {texts.FIELD[each]}：{_shown(draft, each)}" for place, each in enumerate(fields(draft), 1)
            ]
            return _reply("\n".join((*before, texts.CHECK_FORM, *summary)), state, texts.SUBMIT)
        options = tuple(Option(str(place), name) for place, name in enumerate(CHOICES.get(field, {}).values(), 1))
        return _reply("\n".join((*before, texts.FORM[field])), state, *options)

    def _today(self) -> date:
        return self.office.today()


def wants_to_file(message: Message, _conversation: Conversation) -> bool:
    """Hold for a text that asks for the form itself, with or without what is wanted."""
    return _WANTS.match(_said(message.text)) is not None


_WANTS = re.compile(r"(?:我?(?:要|想|想要|需要)?)(?:正式)?(?:提交)?(?:依?申请(?:政府)?信息公开|依申请公开|申请公开)")
_WISH = re.compile(_WANTS.pattern + r"[\s:：,，]*")


def prefilled(text: str) -> str:
    """Return what somebody wants who says so when asking for the form: 我要申请公开2025年财政预算."""
    found = _WISH.match(text.strip())
    wish = text.strip()[found.end() :] if found else ""
    return wish if len(wish) > 1 else ""


def _owner(message: Message) -> str:
    return f"{message.user.channel}:{message.user.id}"


def _said(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().rstrip("。.!！")


def _shown(draft: Draft, field: Field) -> str:
    text = draft.answers[field]
    if field in CHOICES:
        return next(name for choice, name in CHOICES[field].items() if choice == text)
    if field in {Field.IDENTITY, Field.PHONE}:
        return masked(text)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}……（共 {len(text)} 字）"


def _reply(text: str, conversation: Conversation, *options: Option) -> Reply:
    return Reply(text, "filing_question", conversation, footer=texts.FORM_CAN_BE_LEFT, options=options)


def _receipt(file: File) -> Reply:
    case, clock = file.docket.case, file.clock
    text = texts.request_filed(
        reference=case.reference,
        code=case.code,
        due=texts.due_text(case.due_on, provisional=case.provisional),
        received=clock.since if clock else None,
        days=clock.days if clock else 0,
    )
    return Reply(text, "filing_submitted", reference=case.reference)
