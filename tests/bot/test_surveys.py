from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.errors import Unavailable
from bot.surveys import FREE, Surveys
from bot.types import FRESH, Conversation, Parcel, ParcelState, State, User
from storage.memory import MemoryConversations
from storage.memory.conversations import MemoryTurn
from tests.fakes import MONDAY, SURVEY, FixedClock

ANNA = User("fake", "anna")
ANSWER = Parcel(7, ANNA, "请带身份证。", "浚县-2026-000001", ParcelState.SENDING, 1, MONDAY, asks=True)
LATE = replace(ANSWER, asks=False)


class AwayConversations(MemoryConversations):
    """Conversations that cannot be reached."""

    @asynccontextmanager
    async def turn(self, user: User) -> AsyncIterator[MemoryTurn]:
        raise Unavailable("no Redis")
        yield MemoryTurn(FRESH)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.mark.parametrize("state", State)
async def test_an_answer_is_followed_by_its_survey_unless_something_is_being_written(
    clock: FixedClock, state: State
) -> None:
    conversations = MemoryConversations(now=clock)
    async with conversations.turn(ANNA) as turn:
        turn.conversation = Conversation(state)

    survey = await Surveys(SURVEY, conversations).after(ANSWER)

    assert survey == (replace(SURVEY, key=ANSWER.key) if state in FREE else None)


async def test_what_is_begun_while_the_survey_is_on_its_way_goes_on(clock: FixedClock) -> None:
    conversations = MemoryConversations(now=clock)
    surveys = Surveys(SURVEY, conversations)
    assert await surveys.after(ANSWER) is not None
    async with conversations.turn(ANNA) as turn:
        turn.conversation = Conversation(State.WRITING)

    await surveys.asked(ANSWER)

    async with conversations.turn(ANNA) as turn:
        assert turn.conversation == Conversation(State.WRITING)


async def test_where_nobody_knows_what_is_being_talked_about_nobody_is_asked(clock: FixedClock) -> None:
    surveys = Surveys(SURVEY, AwayConversations(now=clock))

    assert await surveys.after(ANSWER) is None
    await surveys.asked(ANSWER)


async def test_other_texts_are_followed_by_nothing(clock: FixedClock) -> None:
    assert await Surveys(SURVEY, MemoryConversations(now=clock)).after(LATE) is None
