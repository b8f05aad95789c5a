import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.fitting import MORE, SMALLEST, fit, shortened, split
from bot.plain import size

WIDTHS = ("a", "é", "低", "😀")
"""Characters of one to four bytes."""
TEXTS = st.text(st.sampled_from("aé低😀。！？\n， ”…?;"), max_size=200)
LINK = '<a href="weixin://bizmsgmenu?msgmenucontent=1&msgmenuid=1">回复 1</a>'


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("room", range(SMALLEST, 70))
@pytest.mark.parametrize("order", list(itertools.permutations(WIDTHS)), ids="".join)
def test_no_byte_border_of_any_width_splits_a_character(room: int, order: tuple[str, ...]) -> None:
    text = "".join(order) * 10
    first, rest = fit(text, room)
    assert first + rest == text
    assert room - 4 < size(first) <= room


@pytest.mark.parametrize("sign", ["<a ", '<a href="x">'])
def test_a_long_text_is_gone_through_once(sign: str) -> None:
    """A pattern that begins anew at every sign takes minutes for it: the test's own time-out tells."""
    first, rest = fit(sign * (300_000 // len(sign)), 2000)
    assert size(first) <= 2000 < size(rest)


@given(TEXTS, st.integers(SMALLEST, 300))
def test_the_beginning_fits_and_nothing_but_space_is_lost(text: str, room: int) -> None:
    first, rest = fit(text, room)
    assert size(first) <= room
    assert squeezed(first + rest) == squeezed(text)
    assert len(rest) < len(text) or not rest


def test_a_text_that_fits_is_untouched() -> None:
    assert fit(" 低保。 ", 16) == (" 低保。 ", "")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("第一句话比较长。第二句话。", "第一句话比较长。"),
        ("他说“可以办。”然后就走了。", "他说“可以办。”"),
        ("真的可以吗?!当然了可以", "真的可以吗?!"),
        ("第一行没有标点\n第二行也没有标点", "第一行没有标点"),
        ("Is it open now. Yes, it is.", "Is it open now."),
        ("没有句号只有，逗号的一段很长", "没有句号只有，"),
        ("没有任何标点的很长一段话", "没有任何标点的很"),
        ("短。后面这一句非常非常长", "短。后面这一句非"),
    ],
)
def test_the_cut_is_after_a_sentence_else_at_a_pause_else_anywhere(text: str, first: str) -> None:
    assert fit(text, 26)[0] == first


def test_a_link_is_not_cut() -> None:
    text = f"请从下面选择一项继续办理{LINK}谢谢"
    for room in range(40, 36 + size(LINK)):
        assert fit(text, room)[0] == "请从下面选择一项继续办理"
    assert fit(text, 36 + size(LINK))[0].endswith("</a>")


def test_an_address_is_not_cut_and_its_question_mark_ends_no_sentence() -> None:
    text = "详见https://www.example.gov.cn/a?b=c.d;e和附件"
    assert fit(text, 30)[0] == "详见"
    assert fit(text, 44)[0].endswith(";e")


def test_a_link_longer_than_the_room_is_cut_rather_than_looped_over() -> None:
    assert fit("https://www.example.gov.cn/", 20) == ("https://www.example.", "gov.cn/")


@pytest.mark.parametrize("glued", ["e\u0301", "👍🏽", "👩\u200d🌾", "❤\ufe0f"])
def test_what_is_one_character_to_the_eye_stays_together(glued: str) -> None:
    text = "字" * 5 + glued + "字" * 5
    for room in range(SMALLEST, 40):
        first, rest = fit(text, room)
        assert glued in first or glued in rest


def test_only_glue_is_cut_all_the_same() -> None:
    first, rest = fit("\u0301" * 30, SMALLEST)
    assert first
    assert len(first + rest) == 30


@given(TEXTS, st.integers(30, 100), st.integers(1, 5))
def test_pieces_are_few_and_fit_and_nothing_is_lost(text: str, room: int, most: int) -> None:
    pieces, rest = split(text, room, most=most)
    assert len(pieces) <= most
    assert all(0 < size(piece) <= room for piece in pieces)
    assert squeezed("".join((*pieces, rest))) == squeezed(text)
    assert not rest or len(pieces) == most


def test_an_empty_text_has_no_pieces() -> None:
    assert split(" \n", 2048, most=5) == ([], "")


def test_a_shortened_text_says_that_it_goes_on() -> None:
    assert shortened("低保怎么申请", 18) == "低保怎么申请"
    assert shortened("低保怎么申请呢", 20) == "低保怎么" + MORE
    assert size(shortened("低" * 1000, 2000)) <= 2000


@pytest.mark.parametrize("sentence", [1, 7, 150, 400, 640, 690, 3000])
def test_a_text_with_little_room_to_spare_is_not_cut_short_for_the_sake_of_its_sentences(sentence: int) -> None:
    text = ("一" * (sentence - 1) + "。") * (3380 // sentence)
    pieces, rest = split(text, 2048, most=5)
    assert ("".join(pieces), rest) == (text, "")
