"""The table of contents: which handler takes which message, in order of precedence."""

import re
from dataclasses import dataclass

from bot.ports import Outbox
from bot.router import Route, Router, always, both, in_state, is_kind, matches, says
from bot.types import MessageKind, State
from handlers import texts
from handlers.answer import Answer
from handlers.choose import Choose, NoneOfThese
from handlers.closed import Closed
from handlers.escalate import Bare, Inquire, Person, Written
from handlers.feedback import Further, Judged, Resolved, Unresolved, after_verdict, taps
from handlers.filing import Filing, wants_to_file
from handlers.greet import Greet, Say, Scanned, TextPlease
from handlers.lapsed import Lapsed, gives_particulars
from handlers.leave import Leave
from handlers.track import Track, asks_for_case, gives_code
from register.verdicts import Verdicts

CANCEL = says("取消", "退出", "返回", "算了", "不用了", "重新开始", "cancel")
PERSON = says("转人工", "人工", "人工客服", "人工服务", "找人工", "转客服", "客服")
HELP = says("帮助", "help", "?", "？", "菜单", "怎么用", "你好", "您好", "hi", "hello", "在吗", "在不在")
THANKS = says("谢谢", "谢谢你", "谢谢您", "多谢", "感谢", "好的谢谢", "谢了", "辛苦了")
AGREED = says("好的", "好", "行", "可以", "嗯", "哦", "知道了", "明白了", "ok", "再见", "拜拜")
GO_ON = says("继续")
INQUIRY = says("留言咨询", "咨询", "留言", "继续追问", "追问")
SOLVED = ("已解决", "解决了", "有用")
UNSOLVED = ("未解决", "没解决", "没有解决", "没用")
_DIGIT = re.compile(r"^\s*\d{1,2}\s*[.。、]?\s*$")
LONGEST_NUMBER = 20
"""Characters of a text that may still be a bare number, with spaces around it."""


IS_TEXT = is_kind(MessageKind.TEXT, MessageKind.CLICK)
IS_NOT_TEXT = is_kind(*frozenset(MessageKind) - {MessageKind.TEXT, MessageKind.CLICK})


@dataclass(frozen=True, slots=True)
class Handlers:
    """The handlers that need something; `build_router` puts them in order."""

    greet: Greet
    answer: Answer
    inquire: Inquire
    track: Track
    outbox: Outbox
    verdicts: Verdicts
    filing: Filing | None = None
    """None where the office does not take formal requests by chat: then the bot says where they are filed."""
    closed: Closed | None = None
    """What is said on channels that are switched off; None where no channel can be."""


def build_router(handlers: Handlers) -> Router:
    """Return the router of the whole bot."""
    answer, inquire = handlers.answer, handlers.inquire
    bare = Bare(inquire)
    judged = Judged(handlers.verdicts, bare)
    number = matches(_DIGIT, longest=LONGEST_NUMBER)
    write_question = Say(texts.WRITE_QUESTION, "escalated_by_user", stay=True)
    return Router(
        [
            Route(is_kind(MessageKind.UNSUBSCRIBE), Leave(handlers.outbox, handlers.filing)),
            *_while_closed(handlers),
            Route(is_kind(MessageKind.SUBSCRIBE, MessageKind.SCAN), Scanned(handlers.greet, answer)),
            Route(taps, judged.tapped),
            *_while_filing(handlers.filing),
            Route(IS_NOT_TEXT, TextPlease()),
            Route(CANCEL, Say(texts.CANCELLED, "social_cancelled")),
            Route(GO_ON, Say(texts.NOTHING_WAITING, "social_go_on", stay=True, yields=True)),
            Route(both(in_state(State.CHOOSING), says("0", "都不是", "都不对")), NoneOfThese(answer)),
            Route(both(in_state(State.CHOOSING), number), Choose(answer)),
            Route(both(in_state(State.ANSWERED), says("1", *SOLVED)), Resolved(answer)),
            Route(both(in_state(State.ANSWERED), says("2", *UNSOLVED)), Unresolved(answer)),
            Route(both(in_state(State.SURVEYED), says("1", *SOLVED)), judged.solved),
            Route(both(in_state(State.SURVEYED), says("2", *UNSOLVED)), judged.unsolved),
            Route(both(after_verdict, says("1", "继续追问", "追问")), Further()),
            Route(both(in_state(State.ANSWERED, State.OFFERED), says("0")), Person(inquire)),
            Route(both(in_state(State.OFFERED), says("1")), inquire),
            *_formal_request(handlers),
            Route(PERSON, Person(inquire)),
            Route(INQUIRY, Person(inquire)),
            Route(asks_for_case, handlers.track),
            Route(both(in_state(State.TRACKING), gives_code), handlers.track),
            *_after_a_form(handlers.filing),
            Route(both(in_state(State.WRITING), HELP), write_question),
            Route(both(in_state(State.WRITING), number), write_question),
            Route(HELP, handlers.greet),
            Route(THANKS, Say(texts.THANKED, "social_thanks")),
            Route(AGREED, Say(texts.AGREED, "social_agreed", stay=True)),
            Route(both(in_state(State.WRITING), is_kind(MessageKind.TEXT)), Written(inquire)),
            Route(number, bare),
            Route(always, answer),
        ]
    )


def _while_closed(handlers: Handlers) -> list[Route]:
    """Whoever was promised an answer can still ask for it by number and code."""
    closed = handlers.closed
    if closed is None:
        return []
    said = [
        Route(both(IS_TEXT, asks_for_case), handlers.track),
        Route(both(IS_TEXT, gives_code), handlers.track),
        Route(always, closed),
    ]
    return [Route(closed.holds, Router(said))]


def _while_filing(filing: Filing | None) -> list[Route]:
    """Every answer belongs to the form, whatever it would mean elsewhere, but for the words that leave it."""
    if filing is None:
        return []
    here = in_state(State.FILING)
    return [
        Route(both(here, IS_NOT_TEXT), filing.unreadable),
        Route(both(here, CANCEL), filing.cancel),
        Route(here, filing),
    ]


def _after_a_form(filing: Filing | None) -> list[Route]:
    """Where a form may have asked for them, numbers that name a person are no question and no inquiry."""
    return [Route(gives_particulars, Lapsed(filing.drafts))] if filing is not None else []


def _formal_request(handlers: Handlers) -> list[Route]:
    asked = both(in_state(State.OFFERED), says("2", "正式申请", "依申请公开", "申请公开"))
    if handlers.filing is not None:
        return [Route(asked, handlers.filing.begin), Route(wants_to_file, handlers.filing.begin)]
    where = texts.how_to_request(handlers.greet.office)
    return [Route(asked, Say(where, "redirected_request", stay=True, options=(texts.INQUIRE,)))]
