import pytest

from register.errors import IllegalTransition, MissingNote
from register.types import Status, Step
from register.workflow import TABLE, after, steps

LEGAL = {
    (Status.RECEIVED, Step.ANSWER): Status.ANSWERED,
    (Status.RECEIVED, Step.CLOSE): Status.CLOSED,
    (Status.RECEIVED, Step.NOTE): Status.RECEIVED,
    (Status.ANSWERED, Step.ANSWER): Status.ANSWERED,
    (Status.ANSWERED, Step.CLOSE): Status.CLOSED,
    (Status.ANSWERED, Step.NOTE): Status.ANSWERED,
    (Status.CLOSED, Step.REOPEN): Status.RECEIVED,
    (Status.CLOSED, Step.NOTE): Status.CLOSED,
}
EVERY = [(status, step) for status in Status for step in Step]


@pytest.mark.parametrize(("status", "step"), EVERY)
def test_every_pair_of_status_and_step_is_either_legal_or_refused(status: Status, step: Step) -> None:
    if (status, step) in LEGAL:
        assert after(status, step, note="说明") is LEGAL[status, step]
        return
    with pytest.raises(IllegalTransition) as refused:
        after(status, step, note="说明")
    assert (refused.value.status, refused.value.step) == (status, step)


@pytest.mark.parametrize("status", Status)
def test_the_offered_steps_are_exactly_the_legal_ones(status: Status) -> None:
    assert set(steps(status)) == {step for at, step in LEGAL if at is status}


@pytest.mark.parametrize("step", [Step.OPEN, Step.DELIVERED, Step.UNDELIVERED, Step.IN_DOUBT])
def test_no_officer_opens_a_case_or_notes_a_delivery(step: Step) -> None:
    assert all(step is not offered for _, offered in TABLE)


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (Status.RECEIVED, Step.ANSWER),
        (Status.RECEIVED, Step.CLOSE),
        (Status.RECEIVED, Step.NOTE),
        (Status.ANSWERED, Step.ANSWER),
        (Status.CLOSED, Step.NOTE),
    ],
)
def test_a_step_that_says_something_needs_words(status: Status, step: Step) -> None:
    with pytest.raises(MissingNote) as missing:
        after(status, step, note=" \n　")
    assert missing.value.step == step


def test_an_answered_case_is_closed_and_a_closed_one_reopened_without_a_word() -> None:
    assert after(Status.ANSWERED, Step.CLOSE, note="") is Status.CLOSED
    assert after(Status.CLOSED, Step.REOPEN, note="") is Status.RECEIVED
