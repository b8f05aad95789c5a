import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.rendering import ROOM, render
from bot.plain import plain, size
from bot.types import Option, Reply

CUT = ROOM - 48
OPTIONS = (Option("1", "城乡低保办理指南"), Option("2", "临时救助", "遇到突发困难时"), Option("0", "都不是"))
FOOTER = "出处：《城乡居民最低生活保障办法》（浚政〔2025〕3 号）\nhttps://www.example.gov.cn/a_b_c/1.html"
LABELS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=60)


def reply(text: str = "", *, footer: str = "", options: tuple[Option, ...] = ()) -> Reply:
    return Reply(text, "answered_search", footer=footer, options=options)


def test_a_reply_with_room_is_shown_whole() -> None:
    shown = render(reply("**答复**如下。", footer=FOOTER, options=OPTIONS), menu_links=False)
    assert shown == (
        f"答复如下。\n\n{FOOTER}\n\n回复 1 城乡低保办理指南\n回复 2 临时救助：遇到突发困难时\n回复 0 都不是"
    )


@pytest.mark.parametrize("extra", range(-5, 6))
def test_exactly_the_room_is_used_before_anything_is_cut(extra: int) -> None:
    whole = reply("", footer=FOOTER, options=OPTIONS)
    left = ROOM + extra - size(plain(whole)) - 2
    text = "字" * (left // 3) + "a" * (left % 3)
    shown = render(reply(text, footer=FOOTER, options=OPTIONS), menu_links=False)
    assert (text in shown) is (extra <= 0)
    assert size(shown) <= (ROOM if extra <= 0 else CUT)


def test_a_long_text_is_cut_on_a_sentence_and_says_so() -> None:
    shown = render(reply("这是一句话。" * 200, footer=FOOTER, options=OPTIONS), menu_links=False)
    text, tail = shown.split("\n\n", 1)
    assert text.endswith("。……")
    assert tail == plain(reply("", footer=FOOTER, options=OPTIONS))
    assert CUT - 20 < size(shown) <= CUT


@given(
    st.text(max_size=1500),
    st.text(st.sampled_from("出处：a。"), max_size=500),
    st.lists(LABELS, max_size=9),
    st.booleans(),
)
def test_footer_and_every_number_survive_any_text(text: str, footer: str, labels: list[str], links: bool) -> None:  # noqa: FBT001  hypothesis passes it
    options = tuple(Option(str(number), label, label) for number, label in enumerate(labels, 1))
    shown = render(reply(text, footer=footer, options=options), menu_links=links)
    assert size(shown) <= ROOM
    assert footer.strip() in shown
    assert all(f"回复 {option.key}" in shown for option in options)


def test_options_lose_details_first_then_words_never_numbers() -> None:
    wordy = tuple(Option(str(number), "名称" * 30, "说明" * 60) for number in range(1, 6))
    shown = render(reply("字" * 700, footer=FOOTER, options=wordy), menu_links=False)
    assert "说明" not in shown
    assert "名称" * 30 in shown
    many = tuple(Option(str(number), "名称" * 30) for number in range(1, 30))
    shown = render(reply("字" * 700, footer=FOOTER, options=many), menu_links=False)
    assert "回复 29 名称名称名称名称…" in shown
    assert FOOTER in shown


def test_a_footer_that_leaves_little_room_stays_whole_and_the_text_goes() -> None:
    footer = "注" * 660
    shown = render(reply("字" * 100, footer=footer, options=OPTIONS[:1]), menu_links=False)
    assert shown == f"{footer}\n\n回复 1 …"


def test_what_cannot_fit_by_any_means_is_cut() -> None:
    shown = render(reply("字", footer="注" * 900, options=OPTIONS), menu_links=False)
    assert shown.endswith("……\n\n回复 1 …\n回复 2 …\n回复 0 …")
    assert size(shown) <= CUT
    hundreds = tuple(Option(str(number), "名") for number in range(1000))
    assert size(render(reply(options=hundreds), menu_links=False)) <= CUT


def test_menu_links_say_the_key_and_keep_the_number_readable() -> None:
    options = (Option("1", "<低保> & 救助"), Option("是", "确认"))
    shown = render(reply("请选择。", options=options), menu_links=True)
    assert shown.split("\n\n")[1].split("\n") == [
        '<a href="weixin://bizmsgmenu?msgmenucontent=1&msgmenuid=1">回复 1 &lt;低保&gt; &amp; 救助</a>',
        '<a href="weixin://bizmsgmenu?msgmenucontent=%E6%98%AF&msgmenuid=%E6%98%AF">回复 是 确认</a>',
    ]


def test_menu_links_give_way_to_numbers_where_room_is_short() -> None:
    text = "字" * 600
    assert "<a " in render(reply("字", options=OPTIONS), menu_links=True)
    assert render(reply(text, options=OPTIONS), menu_links=True) == plain(reply(text, options=OPTIONS))
    assert "<a " not in render(reply("字"), menu_links=True)


def test_an_empty_reply_is_an_empty_text() -> None:
    assert render(reply(), menu_links=False) == ""


@given(st.text(max_size=400), st.text(max_size=200), st.lists(LABELS, max_size=4))
def test_a_channel_with_less_room_is_given_less(text: str, footer: str, labels: list[str]) -> None:
    options = tuple(Option(str(place), label) for place, label in enumerate(labels, 1))
    shown = render(reply(text, footer=footer, options=options), menu_links=True, room=750)
    assert size(shown) <= 750
    assert all(option.key in shown for option in options)
