"""An identity, telephone or credit number sent when no form asks for it: it is neither searched nor kept."""

import re
import unicodedata
from dataclasses import dataclass

from bot.types import Conversation, Message, Option, Reply
from handlers import texts
from register.particulars import only_dates
from register.ports import Drafts

_BEFORE = r"[\u3400-\u9fff·]{0,14}[::]?"
"""张三, or 我的身份证号码是: what people put before a number."""
_NUMBER = (
    r"\d{17}[\dX]|\d{15}|1[3-9]\d{9}|0\d{9,11}"
    r"|[A-Z]{1,2}\d{7,9}|[HM]\d{10}"
    r"|[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}"
    r"|[^@]+@[A-Z0-9.]+\.[A-Z]{2,}"
)
"""居民身份证 of both lengths, mobile and fixed telephones, 护照 and 通行证, 统一社会信用代码, e-mail."""
_ENDING = re.compile(r"[^\W\u3400-\u9fff][\s。.!-]*\Z")
"""What all of them end with: nearly every question does not."""
_PARTICULARS = re.compile(rf"{_BEFORE}(?:{_NUMBER})[。.!]?")


@dataclass(frozen=True, slots=True)
class Lapsed:
    """Says that the form has lapsed, and how to go on with it or begin anew."""

    drafts: Drafts

    async def __call__(self, message: Message, _conversation: Conversation, /) -> Reply:
        """Return what became of the form; the message itself leaves no trace."""
        draft = await self.drafts.load(f"{message.user.channel}:{message.user.id}")
        goes_on = draft is not None and bool(draft.answers)
        text, label = (texts.FORM_PAUSED, "接着填写") if goes_on else (texts.FORM_LAPSED, "填写申请")
        return Reply(text, "filing_lapsed", options=(Option("申请公开", label),))


def gives_particulars(message: Message, _conversation: Conversation) -> bool:
    """Hold for a text that is nothing but such a number, as a form asks for it."""
    written = unicodedata.normalize("NFKC", message.text)
    if _ENDING.search(written) is None or only_dates(written.strip()):
        return False
    return _PARTICULARS.fullmatch(re.sub(r"[\s-]", "", written).upper()) is not None
