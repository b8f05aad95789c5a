from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from knowledge.library import Library
from tests.conversations.office import CHANNELS, Office, office
from tests.conversations.transcript import Line, Speaker, Transcript, matches, read, turns

TRANSCRIPTS = {
    file.stem: read(file.read_text(encoding="utf-8")) for file in sorted(Path(__file__).parent.glob("*.txt"))
}
# the first of them also compiles the index's kernels
pytestmark = pytest.mark.timeout(90)


@pytest.fixture
async def unverified(library: Library) -> AsyncIterator[Office]:
    opened = office(library, "未认证")
    yield opened
    await opened.bot.close()


@pytest.mark.parametrize("transcript", TRANSCRIPTS.values(), ids=TRANSCRIPTS)
async def test_the_conversation_goes_as_it_is_written(transcript: Transcript, library: Library) -> None:
    opened = office(library, transcript.header.get("账号", "未认证"))

    await opened.play(transcript)

    await opened.bot.close()


@pytest.mark.parametrize("transcript", TRANSCRIPTS.values(), ids=TRANSCRIPTS)
def test_every_transcript_says_what_it_shows(transcript: Transcript) -> None:
    assert transcript.header["说明"]
    assert transcript.header.get("账号", "未认证") in CHANNELS
    assert any(line.speaker is Speaker.BOT for line in transcript.lines)


# the runner


def test_a_transcript_is_read_with_either_colon_and_replies_of_several_lines() -> None:
    transcript = read("说明: 问候\n账号：网页\n\n用户：你好\n机器人: 您好\n\n第二行\n过了 40 分钟\n用户: 1\n")

    assert transcript.header == {"说明": "问候", "账号": "网页"}
    assert transcript.lines == (
        Line(Speaker.USER, "你好", 4),
        Line(Speaker.BOT, "您好\n\n第二行", 5),
        Line(Speaker.LATER, "40", 8),
        Line(Speaker.USER, "1", 9),
    )


def test_what_is_not_understood_is_named() -> None:
    with pytest.raises(ValueError, match="第 2 行看不懂：群众：你好"):
        read("说明：问候\n群众：你好")


def test_lines_of_a_user_without_a_reply_between_are_said_at_once() -> None:
    transcript = read("用户：一\n用户：二\n机器人：甲\n机器人：乙\n用户：三")

    assert [[line.text for line in turn] for turn in turns(transcript)] == [["一", "二"], ["甲"], ["乙"], ["三"]]


@pytest.mark.parametrize(
    ("expected", "said", "same"),
    [
        ("好的。", "好的。", True),
        ("好的。", "好的。 \n\n", True),
        ("好的。", "好的", False),
        ("编号：…\n查询码：…", "编号：1\n\n查询码：2", True),
        ("…第二条…", "第一条\n第二条\n第三条", True),
        ("…第四条…", "第一条\n第二条\n第三条", False),
        ("第一条\n…\n第三条", "第一条\n第二条\n第三条", True),
        ("第一条\n…\n第三条\n…", "第一条\n第三条", True),
        ("第一条\n…", "第一条补充", False),
        ("（.*）", "（甲）", False),
    ],
)
def test_dots_stand_for_anything_and_blank_lines_for_nothing(expected: str, said: str, same: bool) -> None:  # noqa: FBT001  a table
    assert matches(expected, said) is same


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("用户：谢谢\n机器人：再见。", "第 2 行应当是：\n再见。\n\n实际是：\n不客气。"),
        ("机器人：您好。", "第 1 行：没有回复"),
        ("用户：谢谢\n用户：谢谢\n机器人：…", "没有写出来的回复"),
        ("用户：谢谢\n过了 1 分钟\n用户：谢谢\n机器人：…", "第 3 行之前没有写出来的回复"),
        ("推送：答复", "第 1 行：没有推送"),
    ],
)
async def test_a_conversation_that_goes_otherwise_fails_and_says_where(
    unverified: Office, content: str, message: str
) -> None:
    with pytest.raises(AssertionError) as failure:
        await unverified.play(read(content))

    assert message in str(failure.value)
