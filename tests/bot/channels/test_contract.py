"""What every channel promises, whatever platform is behind it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidSignature, MalformedMessage, Unreachable
from bot.plain import size
from bot.types import Message, Option, Reply
from tests.bot.channels.sides import ALL_SIDES, SIDES, Request, Side, WeiboSide
from tests.bot.channels.wechat.payloads import HOSTILE, hostile
from tests.fakes import FixedClock

OPTIONS = (Option("1", "城乡低保"), Option("2", "临时救助"), Option("0", "都不是"))


@pytest.fixture(params=SIDES)
def side(request: pytest.FixtureRequest) -> Side:
    return SIDES[request.param]()


@pytest.fixture(params=ALL_SIDES)
def any_side(request: pytest.FixtureRequest) -> Side:
    return ALL_SIDES[request.param]()


def read(side: Side, request: Request) -> Message:
    message = side.channel.receive(*request)
    assert isinstance(message, Message)
    return message


class TestEveryChannel:
    def test_reads_who_wrote_what(self, side: Side) -> None:
        message = read(side, side.request("o-one", "低保怎么申请？", 7))
        assert message.text == "低保怎么申请？"
        assert message.user.channel == side.channel.name
        assert message.received_at == FixedClock()()

    def test_knows_a_redelivery(self, side: Side) -> None:
        request = side.request("o-one", "低保怎么申请？", 7)
        assert read(side, request).key == read(side, request).key

    def test_tells_two_people_with_one_number_apart(self, side: Side) -> None:
        first, second = (read(side, side.request(citizen, "低保", 7)) for citizen in ("o-one", "o-two"))
        assert first.id == second.id
        assert first.key != second.key

    def test_refuses_who_has_no_secret(self, any_side: Side) -> None:
        with pytest.raises(InvalidSignature):
            any_side.channel.receive(*any_side.forged(any_side.request("o-one", "低保", 7)))

    @pytest.mark.parametrize("name", HOSTILE)
    def test_refuses_hostile_bodies_and_does_nothing_else(self, any_side: Side, name: str) -> None:
        if name == "no_id.xml" and isinstance(any_side, WeiboSide):
            # this platform gives no numbers at all
            return
        query, _ = any_side.request("o-one", "低保", 7)
        for attempt in (query, {}):
            with pytest.raises((InvalidSignature, MalformedMessage)):
                any_side.channel.receive(attempt, hostile(name))

    def test_shows_text_and_numbered_options(self, side: Side) -> None:
        message = read(side, side.request("o-one", "低保", 7))
        body, content_type = side.channel.in_band(message, Reply("请选择。", "confirm_candidates", options=OPTIONS))
        assert side.shown(body).replace("\n\n", "\n") == "请选择。\n回复 1 城乡低保\n回复 2 临时救助\n回复 0 都不是"
        assert "charset" not in content_type

    def test_shows_nothing_where_nothing_is_to_be_said(self, side: Side) -> None:
        message = read(side, side.request("o-one", "低保", 7))
        for reply in (None, Reply("", "social_repeated", silent=True)):
            assert side.shown(side.channel.in_band(message, reply)[0]) == ""

    def test_fits_an_overlong_answer_into_its_room(self, side: Side) -> None:
        message = read(side, side.request("o-one", "低保", 7))
        long = Reply("这是一句话。" * 3000, "answered_search", options=OPTIONS)
        shown = side.shown(side.channel.in_band(message, long)[0])
        assert size(shown) <= side.channel.room
        assert shown.startswith("这是一句话。")
        assert shown.endswith("回复 0 都不是")

    async def test_says_when_somebody_cannot_be_pushed_to(self, side: Side) -> None:
        message = read(side, side.request("o-one", "低保", 7))
        with pytest.raises(Unreachable):
            await side.channel.push(message.user, "已办结。")
        await side.channel.show_typing(message.user)


@given(st.sampled_from(sorted(SIDES)), st.text(st.characters(codec="utf-8"), min_size=1, max_size=100))
def test_any_text_comes_through_or_is_refused(name: str, text: str) -> None:
    side = SIDES[name]()
    try:
        message = read(side, side.request("o-one", text, 7))
    except MalformedMessage:
        # characters that XML cannot hold, or nothing at all to read
        return
    side.channel.in_band(message, Reply(message.text, "echo"))
