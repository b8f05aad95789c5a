"""An office that works on one formal request, with its clock: the driver of the tests of a request's life."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from register.calendar import Calendar
from register.circumstances import Circumstances, Earlier
from register.clock import Clock, read_clock
from register.course import evolve
from register.deadlines import add_working_days
from register.facts import Fact
from register.filing import Carrier, Channel, Citizen, Document, Filing, Identity, Receipt, Route, Wish
from register.outcomes import KINDS, LAPSES, RULINGS, Outcome
from register.proceedings import decide
from register.refusals import Refusal
from register.request import Act, DisclosureRequest, Event, Proposal, Withheld
from register.rules import TABLE
from register.steps import RequestStep, Role
from register.terms import Terms
from register.timeline import clock_events

CALENDAR = Calendar.parse(
    path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).resolve().parents[2] / "config" / "calendar").glob("*.toml"))
)
TERMS = Terms("国令711号", date(2019, 5, 15))
FILING = Filing(
    Citizen("张三", Identity(Document.RESIDENT_ID, "11010519491231002X"), "13800000000"),
    Wish("云政办〔2025〕12号文件全文", Route.ONLINE, Carrier.ELECTRONIC),
)
WORDS: Mapping[Fact, str] = {
    Fact.BASIS: "third_party",
    Fact.ANSWER: "agrees",
    Fact.DISPUTE_KIND: "reconsideration",
    Fact.DISPUTE_RESULT: "corrected",
    Fact.DAYS: "20",
    Fact.MEASURE: "per_item",
    Fact.AMOUNT: "100",
    Fact.CONSULTATION: "函1",
    Fact.FEE_NOTICE: "费1",
    Fact.PARTS: "甲文件\n乙文件",
    Fact.METHOD: "direct",
    Fact.DISPUTE: "复1",
} | {fact: words[0] for fact, words in KINDS.items()}
ACTORS = {
    Role.APPLICANT: "citizen",
    Role.INTAKE: "受理员",
    Role.HANDLER: "承办员",
    Role.REVIEWER: "审核员",
    Role.SECRECY_REVIEWER: "保密员",
    Role.SIGNER: "签发人",
    Role.SYSTEM: "system",
}


_BEFORE: Mapping[Outcome, tuple[RequestStep, ...]] = {
    Outcome.UNABLE_UNCLEAR: (RequestStep.ASK_CORRECTION, RequestStep.CORRECT),
    Outcome.OTHER_CORRECTION_LAPSED: (RequestStep.ASK_CORRECTION,),
    Outcome.OTHER_FEE_LAPSED: (RequestStep.CHARGE, RequestStep.RECORD_FEE_NOTICE),
    Outcome.NOPROC_EXCESSIVE: (RequestStep.ASK_REASONS, RequestStep.GIVE_REASONS),
    Outcome.UNABLE_NOT_HELD: (RequestStep.ACCEPT, RequestStep.SEARCH),
    Outcome.DENY_THIRD: (RequestStep.ACCEPT, RequestStep.CONSULT, RequestStep.RECORD_CONSULTATION),
}
"""What leads to an outcome, where it is not simply taken in hand."""


@dataclass(slots=True)
class Office:
    """One request and the office around it; `do` tries a step with all it needs, unless told otherwise."""

    today: date = date(2026, 3, 2)
    fees: bool = False
    calendar: Calendar = CALENDAR
    filing: Filing = FILING
    find: Callable[[str], Earlier | None] = lambda reference: Earlier(same_applicant=True, replied=True, owed=True)
    request: DisclosureRequest = field(default_factory=DisclosureRequest)
    events: list[Event] = field(default_factory=list)

    def clock(self) -> Clock | None:
        told = clock_events(self.events)
        return read_clock(told, calendar=self.calendar, terms=TERMS, today=self.today) if told else None

    def circumstances(self) -> Circumstances:
        clock = self.clock()
        if clock is None:
            return Circumstances(self.today, fees=self.fees, find=self.find)
        due = clock.correction_notice.due
        return Circumstances(self.today, due, clock.due, clock.last_days, self.fees, self.find)

    def due(self) -> date | None:
        clock = self.clock()
        return clock.due if clock is not None else None

    def act(
        self,
        step: RequestStep,
        *,
        by: str = "",
        role: Role | None = None,
        on: date | None = None,
        note: str = "",
        proposal: Proposal | None = None,
        receipt: Receipt | None = None,
        **facts: str,
    ) -> Act:
        rule = TABLE.get((self.request.stage, step))
        capacity = role or next((each for each in Role if rule is not None and each in rule.by), Role.HANDLER)
        submits = step is RequestStep.SUBMIT
        return Act(
            step=step,
            actor=by or ACTORS[capacity],
            role=capacity,
            at=datetime.combine(self.today, time(9), ZoneInfo("Asia/Shanghai")),
            on=on or self.today,
            facts=self._needed(rule.states if rule is not None else frozenset())
            | {Fact(name): text for name, text in facts.items()},
            note=note,
            proposal=proposal,
            filing=self.filing if submits else None,
            receipt=(receipt or Receipt(Channel.INTERNET, self.today, received_on=self.today)) if submits else None,
        )

    def _needed(self, facts: frozenset[Fact]) -> dict[Fact, str]:
        later = add_working_days(self.today, 15, CALENDAR).due.isoformat()
        dates = {Fact.DUE_ON: later, Fact.TERM_END: self.today.isoformat()}
        return {fact: dates.get(fact, WORDS.get(fact, "有")) for fact in facts}

    def attempt(self, act: Act) -> Event | Refusal:
        result = decide(self.request, act, self.circumstances())
        if isinstance(result, Event):
            self.events.append(result)
            self.request = evolve(self.request, result)
        return result

    def do(self, step: RequestStep, **how: object) -> Event | Refusal:
        return self.attempt(self.act(step, **how))  # type: ignore[arg-type]  # the keywords of act, passed on

    def must(self, *steps: RequestStep) -> None:
        for step in steps:
            done = self.do(step)
            assert isinstance(done, Event), (step, done)

    def on(self, day: date) -> "Office":
        self.today = day
        return self

    def wait(self, days: int) -> "Office":
        return self.on(self.today + timedelta(days=days))

    def begin(self) -> "Office":
        """File the request and take it into processing."""
        self.must(RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE, RequestStep.ACCEPT)
        return self

    def reply(self, outcome: Outcome) -> "Office":
        """Propose an outcome with its evidence, approve, deliver and close."""
        done = self.do(RequestStep.PROPOSE, proposal=proposal(outcome))
        assert isinstance(done, Event), done
        self.approve()
        return self

    def live(self, outcome: Outcome) -> None:
        """File a request and bring it to this end by the way that leads there, with all that it rests on."""
        self.must(RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE, *_BEFORE.get(outcome, (RequestStep.ACCEPT,)))
        if outcome is Outcome.OTHER_OTHER:
            self.must(RequestStep.WITHDRAW)
        elif outcome is Outcome.NOPROC_EXCESSIVE:
            self.must(RequestStep.REJECT_REASONS)
            self.approve()
        elif outcome in LAPSES:
            self.wait(65).must(RequestStep.LAPSE)
            self.approve()
        else:
            if outcome is Outcome.DENY_THIRD:
                self.wait(35).must(RequestStep.NOTE_SILENCE)
            self.reply(outcome)

    def approve(self) -> None:
        """Take a draft through all approvals to the end."""
        self.must(
            RequestStep.SUBMIT_DRAFT,
            RequestStep.PASS_REVIEW,
            RequestStep.PASS_SECRECY,
            RequestStep.SIGN,
            RequestStep.DELIVER,
            RequestStep.CLOSE,
        )


def proposal(outcome: Outcome, *without: Fact) -> Proposal:
    """Return a proposal with everything its outcome asks for, but for some facts."""
    stated = {fact: WORDS.get(fact, "有") for fact in RULINGS[outcome].evidence if fact not in without}
    parts = (Withheld("第三页的身份证号码", Outcome.DENY_THIRD, "个人隐私"),) if outcome is Outcome.PARTIAL else ()
    return Proposal(outcome, stated, () if Fact.WITHHELD_PARTS in without else parts)
