"""The page of one case, and the steps an officer takes on it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from aiohttp import web

from console import texts
from console.auth import Staff
from console.counter import Counter
from console.forms import read_form, whole_number
from console.pages import Pages, see_other
from console.ports import Role
from register.desk import Desk
from register.errors import IllegalTransition, MissingNote, StaleCase
from register.types import VERDICT, CaseKind, Event, Status, Step
from register.workflow import steps

LONGEST = 9000
"""UTF-8 bytes of an officer's text: with the line above it, five pushed WeChat messages of 2,048 bytes."""
CHARACTERS = LONGEST // 3
"""The same in Chinese characters."""
OUTCOME: Mapping[Step, str] = MappingProxyType(
    {Step.DELIVERED: texts.DELIVERED, Step.UNDELIVERED: texts.UNDELIVERED, Step.IN_DOUBT: texts.UNCERTAIN}
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What an officer wrote that was not kept, and why."""

    status: int
    step: Step
    text: str
    message: str


def delivery(history: list[Event]) -> str:
    """Return in words whether what staff last told the citizen has arrived; empty when nothing was told."""
    under_way, words = 0, ""
    for event in history:
        if _tells(event):
            under_way, words = under_way + 1, texts.SENDING
        elif event.step in OUTCOME and words:
            # texts arrive in order, and one may have two outcomes: in doubt, then delivered after all
            under_way = max(under_way - 1, 0)
            words = texts.SENDING if under_way else OUTCOME[event.step]
    return words


def verdict(history: Sequence[Event]) -> str:
    """Return in words what the citizen said last of the answers; empty while nothing."""
    said = [event.step for event in history if event.step in VERDICT]
    return texts.VERDICT[said[-1]] if said else ""


def _tells(event: Event) -> bool:
    return event.step is Step.ANSWER or (event.step is Step.CLOSE and bool(event.note))


@dataclass(frozen=True, slots=True)
class CaseViews:
    """Views of one case."""

    pages: Pages
    desk: Desk
    counter: Counter

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show a case, to officers with its steps; raise UnknownCase. A formal request has a page of its own."""
        case = await self.desk.register.get(request.match_info["reference"])
        if case.kind is CaseKind.REQUEST:
            return see_other(f"{self.pages.base}/requests/{quote(case.reference, safe='')}")
        return await self._page(request, staff, typed=None)

    async def act(self, request: web.Request, staff: Staff) -> web.Response:
        """Take a step; what cannot be kept is shown again with the reason."""
        step = Step(request.match_info["step"])
        form = await read_form(request)
        typed = await self._take(request.match_info["reference"], step, form, by=staff.name)
        if typed:
            return await self._page(request, staff, typed=typed)
        return see_other(f"{self._place(request.match_info['reference'])}?done={step}")

    def _place(self, reference: str) -> str:
        return f"{self.pages.base}/cases/{quote(reference, safe='')}"

    async def _take(self, reference: str, step: Step, form: Mapping[str, str], *, by: str) -> Typed | None:
        text = form.get("text", "").strip()
        version = whole_number(form.get("version", ""), otherwise=0)
        size = len(text.encode())
        if size > LONGEST:
            words = texts.ANSWER_TOO_LONG.format(limit=CHARACTERS, length=math.ceil(size / 3))
            return Typed(422, step, text, words)
        take = {
            Step.ANSWER: self.desk.answer,
            Step.CLOSE: self.desk.close,
            Step.REOPEN: self.desk.reopen,
            Step.NOTE: self.desk.note,
        }[step]
        try:
            await take(reference, text, by=by, version=version)
        except StaleCase:
            return Typed(409, step, text, texts.STALE)
        except IllegalTransition as error:
            words = texts.ILLEGAL.format(status=texts.STATUS[Status(error.status)], step=texts.STEP[step])
            return Typed(409, step, text, words)
        except MissingNote:
            return Typed(422, step, text, texts.MISSING.format(step=texts.STEP[step]))
        return None

    async def _page(self, request: web.Request, staff: Staff, *, typed: Typed | None) -> web.Response:
        register = self.desk.register
        case = await register.get(request.match_info["reference"])
        history = list(await register.history(case.reference))
        done = request.query.get("done", "")
        return self.pages.show(
            request,
            "case.html",
            status=typed.status if typed else 200,
            here=self._place(case.reference),
            staff=staff,
            case=case,
            due=(await self.counter.rows([case]))[0].due,
            history=history,
            delivery=delivery(history),
            verdict=verdict(history),
            steps=steps(case.status) if staff.role is Role.OFFICER else (),
            step=Step,
            may_link=staff.role is Role.OFFICER,
            typed=typed,
            done=texts.DONE.get(Step(done), "") if done in set(Step) else texts.LINK_DONE.get(done, ""),
            offer_link=done in {Step.ANSWER, Step.CLOSE},
            longest=CHARACTERS,
        )
