import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.plain import cut, plain, size
from bot.types import Option, Reply

SENTENCES = st.text(st.sampled_from("低保金A1é😀。！？；\n 　”）"), max_size=80)
ROOMS = st.integers(4, 300)


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_a_reply_is_one_text_with_its_numbered_options_at_the_end() -> None:
    reply = Reply(
        "您想了解的是：",
        "confirm_candidates",
        footer="出处：《办法》",
        options=(Option("1", "《甲》", "第一句。"), Option("0", "都不是")),
    )

    assert plain(reply) == "您想了解的是：\n\n出处：《办法》\n\n回复 1 《甲》：第一句。\n回复 0 都不是"


def test_what_a_reply_does_not_have_leaves_no_blank_lines() -> None:
    assert plain(Reply("好的。", "social_thanks")) == "好的。"
    assert plain(Reply("", "social_silent")) == ""


def test_a_length_is_counted_in_bytes() -> None:
    assert size("低保a😀") == 3 + 3 + 1 + 4


def test_a_text_that_fits_is_not_cut() -> None:
    assert cut("第一句。第二句。", 24) == ("第一句。第二句。", "")


def test_a_long_text_is_cut_after_the_last_sentence_that_fits() -> None:
    assert cut("第一句。第二句。第三句。", 30) == ("第一句。第二句。", "第三句。")


def test_a_closing_quotation_mark_stays_with_its_sentence() -> None:
    assert cut("他说：“可以。”然后就办好了。", 24) == ("他说：“可以。”", "然后就办好了。")
    assert cut("一。他说：“可以。”然后就办好了。", 26) == ("一。", "他说：“可以。”然后就办好了。")


def test_a_sentence_longer_than_the_room_is_cut_between_characters() -> None:
    assert cut("没有标点的长句子", 10) == ("没有标", "点的长句子")


def test_white_space_before_a_long_sentence_does_not_count_as_a_sentence() -> None:
    assert cut("\n \n没有标点的长句子", 10) == ("没有标", "点的长句子")


@pytest.mark.parametrize("room", [2, 0, -3])
def test_where_there_is_no_room_everything_is_left_over(room: int) -> None:
    assert cut("没有地方。", room) == ("", "没有地方。")


@given(SENTENCES, ROOMS)
def test_a_cut_loses_nothing_but_white_space(text: str, room: int) -> None:
    first, rest = cut(text, room)

    assert squeezed(first) + squeezed(rest) == squeezed(text)


@given(SENTENCES, ROOMS)
def test_the_first_part_always_fits_and_is_never_empty(text: str, room: int) -> None:
    first, rest = cut(text, room)

    assert size(first) <= room
    assert first.strip() or not text.strip()
    assert not rest or size(text) > room


@given(st.text(), st.integers(-10, 400))
def test_a_cut_never_splits_a_character(text: str, room: int) -> None:
    first, rest = cut(text, room)

    assert text.strip().startswith(first)
    assert text.strip().endswith(rest)


@given(SENTENCES, ROOMS)
def test_cutting_again_and_again_ends(text: str, room: int) -> None:
    parts = []
    rest = text
    while rest:
        first, rest = cut(rest, room)
        parts.append(first)

    assert squeezed("".join(parts)) == squeezed(text)
