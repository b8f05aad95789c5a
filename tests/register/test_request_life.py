"""Any sequence of steps, legal or not, keeps what the law holds fixed."""

from datetime import date

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from register.course import fold
from register.outcomes import Outcome
from register.refusals import Refusal
from register.request import Event
from register.rules import OPEN, TABLE
from register.steps import RequestStep, Role, Stage
from register.timeline import clock_events
from tests.register.office import Office, proposal

APPROVALS = [RequestStep.PASS_REVIEW, RequestStep.PASS_SECRECY, RequestStep.SIGN]
FORWARD = [
    RequestStep.SUBMIT,
    RequestStep.ACKNOWLEDGE,
    RequestStep.ACCEPT,
    RequestStep.SUBMIT_DRAFT,
    *APPROVALS,
    RequestStep.DELIVER,
    RequestStep.CLOSE,
]


class RequestLife(RuleBasedStateMachine):
    """An office where anybody tries anything on any day."""

    def __init__(self) -> None:
        super().__init__()
        self.office = Office(today=date(2026, 3, 2), fees=True)
        self.letters = 0

    @initialize(begun=st.booleans())
    def start(self, *, begun: bool) -> None:
        if begun:
            self.office.begin()

    @rule(days=st.integers(1, 25))
    def wait(self, days: int) -> None:
        if self.office.today < date(2026, 10, 1):
            self.office.wait(days)

    @rule(data=st.data())
    def legal(self, data: st.DataObject) -> None:
        """A step of the table, by the right role or by anybody."""
        here = [step for stage, step in TABLE if stage is self.office.request.stage]
        ahead = [step for step in FORWARD if step in here]
        step = data.draw(st.sampled_from(ahead * 4 + here))
        self._try(step, data)

    @rule(actors=st.lists(st.sampled_from(["", "", "承办员", "审核员"]), min_size=1, max_size=5))
    def carry_on(self, actors: list[str]) -> None:
        """Take the next steps towards the end, some of them by somebody who perhaps may not."""
        if self.office.request.stage is Stage.PROCESSING:
            self.propose(Outcome.OPEN_PUBLISHED)
        for actor in actors:
            ahead = [step for step in FORWARD if (self.office.request.stage, step) in TABLE]
            if ahead:
                self.office.do(ahead[0], by=actor)

    @rule(step=st.sampled_from(RequestStep), data=st.data())
    def anything(self, step: RequestStep, data: st.DataObject) -> None:
        self._try(step, data)

    @rule(outcome=st.sampled_from(Outcome))
    def propose(self, outcome: Outcome) -> None:
        self.office.do(RequestStep.PROPOSE, proposal=proposal(outcome))

    def _try(self, step: RequestStep, data: st.DataObject) -> None:
        if step is RequestStep.PROPOSE:
            self.propose(data.draw(st.sampled_from(Outcome)))
            return
        facts = {}
        if step is RequestStep.CONSULT:
            self.letters += 1
            facts["consultation"] = f"函{self.letters}"
        actor = data.draw(st.sampled_from(["", "", "", "承办员", "审核员", "签发人"]))
        before = self.office.request
        result = self.office.do(step, by=actor, **facts)
        if isinstance(result, Refusal):
            assert self.office.request is before
            assert result.sentence

    def teardown(self) -> None:
        """Look back on the whole history once: what holds for it holds for its beginnings."""
        self._history_tells_the_state()
        self._every_step_is_in_the_table()
        self._the_law_allows_these_once()
        self._no_reply_without_the_approvals_of_others()
        self._the_clock_finds_nothing_unlawful()

    def _history_tells_the_state(self) -> None:
        assert fold(self.office.events) == self.office.request

    def _every_step_is_in_the_table(self) -> None:
        for event in self.office.events:
            rule_ = TABLE[event.before, event.act.step]
            assert rule_.to in {None, event.after}
            assert event.act.role in rule_.by

    def _the_law_allows_these_once(self) -> None:
        once = (RequestStep.SUBMIT, RequestStep.ASK_CORRECTION, RequestStep.NOTIFY_EXTENSION, RequestStep.CHARGE)
        for step in once:
            assert len(self._done(step)) <= 1

    def _no_reply_without_the_approvals_of_others(self) -> None:
        for at, event in enumerate(self.office.events):
            if event.act.step is not RequestStep.DELIVER:
                continue
            so_far = self.office.events[:at]
            drafted = max(index for index, each in enumerate(so_far) if each.act.step is RequestStep.SUBMIT_DRAFT)
            approvals = [each for each in so_far[drafted:] if each.act.step in APPROVALS]
            assert [each.act.step for each in approvals] == APPROVALS
            handlers = {each.act.actor for each in so_far if each.act.role is Role.HANDLER}
            assert not handlers & {each.act.actor for each in approvals}

    @invariant()
    def a_request_is_closed_once_for_each_time_it_was_opened(self) -> None:
        closings = [
            each for each in self.office.events if each.after is Stage.CLOSED and each.before is not Stage.CLOSED
        ]
        reopened = self._done(RequestStep.REDO)
        closed = self.office.request.stage is Stage.CLOSED
        assert len(closings) == len(reopened) + closed
        assert (self.office.request.closed_on is not None) is closed

    @invariant()
    def a_closed_request_has_one_outcome_or_was_merged(self) -> None:
        request = self.office.request
        if request.stage is Stage.CLOSED:
            assert (request.outcome is None) is bool(request.merged_into or request.parts)
        if request.stage in OPEN:
            assert request.outcome is None

    @invariant()
    def consulting_means_somebody_was_asked_and_has_not_answered(self) -> None:
        request = self.office.request
        waiting = any(hearing.ended_on is None for hearing in request.hearings)
        if request.stage in {Stage.CONSULTING, Stage.PROCESSING, Stage.DRAFTING, Stage.SIGNED}:
            assert waiting is (request.stage is Stage.CONSULTING)

    def _the_clock_finds_nothing_unlawful(self) -> None:
        clock = self.office.clock()
        if clock is not None and not any(event.act.note for event in self.office.events):
            assert clock.faults == (), clock_events(self.office.events)

    def _done(self, step: RequestStep) -> list[Event]:
        return [event for event in self.office.events if event.act.step is step]


TestRequestLife = RequestLife.TestCase
TestRequestLife.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)
