import re
from datetime import UTC, datetime

import pytest

from bot.router import Condition, Route, Router, always, both, in_state, is_kind, is_spoken, matches, says, spoken
from bot.types import FRESH, Conversation, Message, MessageKind, Reply, State, User


def written(text: str, kind: MessageKind = MessageKind.TEXT) -> Message:
    return Message("1", User("web", "a"), text, datetime(2026, 3, 2, tzinfo=UTC), kind)


class Named:
    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, _message: Message, _conversation: Conversation, /) -> Reply:
        return Reply(self.name, "answered_search")


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        (" 转 人工。", "转人工"),
        ("Ｈｅｌｐ！", "help"),
        ("２、", "2"),
        ("②", "2"),
        ("“都不是”", "都不是"),
        ("？？", ""),
        ("低保　怎么申请?", "低保怎么申请"),
    ],
)
def test_a_short_text_is_heard_without_width_case_space_and_punctuation(text: str, heard: str) -> None:
    assert spoken(text) == heard


def test_only_a_text_of_which_nothing_is_heard_is_not_spoken() -> None:
    signs = [chr(code) for code in range(0x30000) if not 0xD800 <= code < 0xE000]

    assert [sign for sign in signs if is_spoken(sign) != bool(spoken(sign))] == []
    assert not is_spoken(" ？！…… ，")


@pytest.mark.parametrize("text", ["取消", " 取消。", "取 消！", "CANCEL", "ｃａｎｃｅｌ"])
def test_a_command_is_recognised_however_it_is_typed(text: str) -> None:
    assert says("取消", "cancel")(written(text), FRESH)


@pytest.mark.parametrize("text", ["取消低保要什么手续", "不取消", "", "取消" + "！" * 20])
def test_a_command_is_the_whole_text_and_short(text: str) -> None:
    assert not says("取消", "cancel")(written(text), FRESH)


def test_a_condition_on_the_kind_holds_for_each_kind_named() -> None:
    condition = is_kind(MessageKind.IMAGE, MessageKind.VOICE)

    assert condition(written("", MessageKind.VOICE), FRESH)
    assert not condition(written("", MessageKind.TEXT), FRESH)


def test_a_condition_on_the_state_holds_for_each_state_named() -> None:
    condition = in_state(State.CHOOSING, State.OFFERED)

    assert condition(written("1"), Conversation(State.OFFERED))
    assert not condition(written("1"), FRESH)


def test_a_pattern_is_looked_for_in_the_normalised_text() -> None:
    assert matches(re.compile(r"^\d{3}$"), longest=3)(written("１２３"), FRESH)
    assert not matches(re.compile(r"^\d{3}$"), longest=3)(written("12"), FRESH)


def test_a_pattern_is_not_looked_for_in_a_longer_text() -> None:
    assert not matches(re.compile(r"\d{3}"), longest=3)(written("1234"), FRESH)


@pytest.mark.parametrize(
    ("first", "second", "expected"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_both_conditions_must_hold(first: bool, second: bool, expected: bool) -> None:  # noqa: FBT001  a truth table
    def fixed(value: bool) -> Condition:  # noqa: FBT001
        return lambda _message, _conversation: value

    assert both(fixed(first), fixed(second))(written("1"), FRESH) is expected


def test_the_first_route_whose_condition_holds_is_chosen() -> None:
    cancel, choose, answer = Named("cancel"), Named("choose"), Named("answer")
    router = Router([Route(says("取消"), cancel), Route(in_state(State.CHOOSING), choose), Route(always, answer)])
    choosing = Conversation(State.CHOOSING)

    assert router.choose(written("取消"), choosing) is cancel
    assert router.choose(written("2"), choosing) is choose
    assert router.choose(written("2"), FRESH) is answer


@pytest.mark.parametrize(
    "narrow",
    [in_state(State.CHOOSING), is_kind(MessageKind.IMAGE), both(is_kind(MessageKind.TEXT), in_state(State.CHOOSING))],
    ids=["another state", "another kind", "both, of which one is another"],
)
def test_a_line_for_another_state_or_kind_is_passed_over_without_a_look(narrow: Condition) -> None:
    def never(_message: Message, _conversation: Conversation) -> bool:
        raise AssertionError("looked at")

    answer = Named("answer")
    router = Router([Route(both(never, narrow), Named("narrow")), Route(always, answer)])

    assert router.choose(written("低保"), FRESH) is answer


async def test_a_table_may_be_one_line_of_another() -> None:
    inner = Router([Route(says("查询"), Named("track")), Route(always, Named("closed"))])
    router = Router([Route(in_state(State.CHOOSING), inner), Route(always, Named("answer"))])
    choosing = Conversation(State.CHOOSING)

    said = [
        (await router.choose(written(text), where)(written(text), where)).text
        for text, where in (("查询", choosing), ("低保", choosing), ("查询", FRESH))
    ]
    assert said == ["track", "closed", "answer"]


@pytest.mark.parametrize("routes", [[], [Route(says("取消"), Named("cancel"))]])
def test_a_table_that_does_not_take_everything_is_refused(routes: list[Route]) -> None:
    with pytest.raises(ValueError, match="everything"):
        Router(routes)
