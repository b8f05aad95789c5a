from datetime import date, timedelta

import pytest

from knowledge.statistics import AnswerCount, Heat, Tally, by_day, by_topic, heat, tally

TODAY = date(2026, 3, 2)


def count(status: str, answers: int = 1, *, ago: int = 1, topic: str = "低保", **judged: int) -> AnswerCount:
    return AnswerCount(TODAY - timedelta(days=ago), "web", status, topic, answers, **judged)


def test_a_question_that_needed_two_answers_is_one_question() -> None:
    counts = [
        count("answered_search", 5, resolved=3, unresolved=1),
        count("confirm_candidates", 2),
        count("answered_chosen", 1),
        count("escalated_no_match", 2),
        count("escalated_by_user", 1),
        count("redirected_petition", 1),
    ]

    summed = tally(counts)

    assert summed == Tally(questions=10, answered=6, escalated=4, resolved=3, unresolved=1)
    assert (summed.answered_share, summed.satisfaction) == (0.6, 0.75)


def test_of_nothing_there_is_no_share() -> None:
    assert (Tally().answered_share, Tally().satisfaction) == (None, None)


def test_days_without_a_question_are_among_the_days() -> None:
    days = by_day([count("answered_search", 3)], TODAY - timedelta(days=2), TODAY)
    assert [each.questions for each in days.values()] == [0, 3, 0]


def test_topics_come_with_most_questions_first() -> None:
    counts = [count("answered_search", 1, topic="养老"), count("answered_search", 3), count("answered_exact", 1)]
    assert {topic: each.questions for topic, each in by_topic(counts).items()} == {"低保": 4, "养老": 1}


@pytest.mark.parametrize(
    ("week", "before", "spike"),
    [(4, 0, False), (5, 0, True), (20, 40, True), (19, 40, False), (100, 400, False), (131, 400, True)],
)
def test_a_topic_spikes_when_its_week_is_far_above_the_usual_one(week: int, before: int, *, spike: bool) -> None:
    (found,) = heat([count("answered_search", week)], [count("answered_search", before)])
    assert found == Heat("低保", week, before / 4)
    assert found.spike is spike


def test_follow_ups_are_no_questions_and_what_belongs_to_no_topic_is_not_hot() -> None:
    assert heat([count("escalated_by_user", 9), count("answered_search", 9, topic="")], []) == []


def test_spikes_come_first() -> None:
    week = [count("answered_search", 50, topic="养老"), count("answered_search", 9)]
    assert [each.topic for each in heat(week, [count("answered_search", 200, topic="养老")])] == ["低保", "养老"]
