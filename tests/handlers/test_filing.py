"""The form filled in by chat over a real database, as the citizen sees it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from itertools import count, cycle
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.types import Conversation, MessageKind, Reply, State, User
from handlers import texts
from handlers.filing import Filing, prefilled
from handlers.routes import Handlers
from knowledge.types import Band, Validity
from register.interview import Field
from register.office import DisclosureOffice
from register.steps import Stage
from storage.database import Database
from storage.drafts import SqlDrafts
from storage.figures import SqlFigures
from storage.requests import SqlRequests
from tests.fakes import PlainVault, a_document, a_finding, a_hit
from tests.handlers.bench import ANNA, CODES, TOPICS, Bench
from tests.register.office import CALENDAR, TERMS

NUMBER = "11010519491231002X"
ANSWERS = (
    "云政办〔2025〕12号文件全文",
    "1",
    "1",
    "张三",
    "1",
    NUMBER,
    "13800000000",
)
"""What a citizen says to file a form, in the order asked."""


class Window:
    """A citizen before the bot of an office that takes formal requests by chat."""

    def __init__(self, database: Database) -> None:
        self.bench = Bench()
        codes = cycle(CODES)
        self.requests = SqlRequests(database, PlainVault(), code="浚县", query_code=lambda: next(codes))
        self.figures = SqlFigures(database)
        self.drafts = SqlDrafts(database, PlainVault())
        ids: Iterator[str] = (f"d{number}" for number in count(1))
        office = DisclosureOffice(
            requests=self.requests,
            vault=PlainVault(),
            calendar=lambda: CALENDAR,
            terms=(TERMS,),
            now=self.bench.clock,
        )
        filing = Filing(
            office=office,
            drafts=self.drafts,
            retriever=self.bench.retriever,
            topics=TOPICS,
            now=self.bench.clock,
            new_id=lambda: next(ids),
        )
        self.bench.handlers = replace(self.bench.handlers, filing=filing)
        self.handlers: Handlers = self.bench.handlers

    async def say(self, *said: str, **how: str) -> Reply:
        reply = Reply("", "")
        for text in said:
            reply = await self.bench.say(text, **how)  # type: ignore[arg-type]  # only message_id is given
        return reply

    async def filed(self) -> list[str]:
        return [docket.case.reference async for docket in self.requests.all()]


@pytest.fixture
async def window(database: Database) -> AsyncIterator[Window]:
    made = Window(database)
    await made.say("我要申请公开")
    yield made
    assert made.bench.conversation.state is State.FILING or len(made.bench.conversation.choices) == 0


async def test_the_form_is_asked_question_by_question_and_filed_on_the_word(window: Window) -> None:
    asked = [(await window.say(answer)).text for answer in ANSWERS]
    assert [text.splitlines()[0] for text in asked[:-1]] == [
        texts.FORM[field]
        for field in (Field.ROUTE, Field.KIND, Field.NAME, Field.DOCUMENT, Field.IDENTITY, Field.PHONE)
    ]
    assert asked[-1].startswith(texts.CHECK_FORM)
    assert NUMBER not in asked[-1]
    assert "110***********002X" in asked[-1]
    assert await window.filed() == []

    receipt = await window.say("确认提交")
    year = window.bench.clock().year
    assert f"浚县-{year}-000001" in receipt.text
    assert "ABCD2345" in receipt.text
    assert "20 个工作日" in receipt.text
    assert await window.filed() == [f"浚县-{year}-000001"]
    docket = await window.requests.load(f"浚县-{year}-000001")
    assert docket.head.stage is Stage.TRIAGE
    assert docket.case.user == ANNA.id


async def test_a_confirmation_that_comes_again_files_once(window: Window) -> None:
    await window.say(*ANSWERS)
    before = window.bench.conversation
    first = await window.say("确认提交", message_id="c1")
    window.bench.conversation = before
    again = await window.say("确认提交", message_id="c1")
    window.bench.conversation = before
    once_more = await window.say("确认提交", message_id="c2")

    assert first.text == again.text == once_more.text
    assert len(await window.filed()) == 1


async def test_what_was_filled_in_is_gone_once_it_is_filed(window: Window) -> None:
    await window.say(*ANSWERS, "确认提交")
    kept = await window.drafts.load("wechat/main:anna")
    assert kept is not None
    assert kept.answers == {}


@pytest.mark.parametrize("told", range(len(ANSWERS) + 1))
async def test_cancelling_leaves_nothing_behind(window: Window, told: int) -> None:
    await window.say(*ANSWERS[:told])
    reply = await window.say("取消")

    assert reply.text == texts.FORM_CANCELLED
    assert await window.drafts.load("wechat/main:anna") is None
    assert window.bench.conversation == Conversation()
    assert await window.filed() == []


@pytest.mark.parametrize(
    ("told", "wrong", "says"),
    [
        (0, "😀", "请填写"),
        (0, "文" * 20_000, "太长"),
        (1, "9", "列出的数字"),
        (3, "张三😀", "姓名"),
        (5, "110105194912310021", "身份证号码校验不通过"),
        (6, "12", "联系电话不正确"),
    ],
)
async def test_a_wrong_answer_is_told_and_asked_again(window: Window, told: int, wrong: str, says: str) -> None:
    await window.say(*ANSWERS[:told])
    reply = await window.say(wrong)
    assert says in reply.text
    assert "太长" in reply.text or len(reply.text) < 200

    await window.say(*ANSWERS[told:], "确认提交")
    assert len(await window.filed()) == 1


async def test_numbers_may_be_typed_wide_and_with_spaces(window: Window) -> None:
    await window.say(*ANSWERS[:5], "１１０１０５ 19491231 002x", "138 0000 0000", "确认提交")
    assert len(await window.filed()) == 1


async def test_an_answer_can_be_changed_before_it_is_filed(window: Window) -> None:
    await window.say(*ANSWERS)
    reply = await window.say("修改4")
    assert reply.text.startswith(texts.FORM[Field.NAME])
    shown = await window.say("李四")
    assert "4 姓名或者单位名称：李四" in shown.text


async def test_a_route_that_needs_an_address_asks_for_it(window: Window) -> None:
    await window.say(ANSWERS[0], "2", *ANSWERS[2:])
    reply = await window.say("某路 1 号")
    assert "联系地址：某路 1 号" in reply.text


async def test_an_organisation_is_asked_for_its_own_particulars(window: Window) -> None:
    await window.say(ANSWERS[0], "4", "2", "2", "某某公司", "91350100M000100Y43", "王五", "赵六", "1")
    reply = await window.say("010-88888888")
    assert "统一社会信用代码：91350100M000100Y43" in reply.text
    assert "载体形式：电子文档" in reply.text


async def test_every_answer_belongs_to_the_form_whatever_it_means_elsewhere(window: Window) -> None:
    await window.say(*ANSWERS[:3])
    for word in ("谢谢", "转人工", "继续", "1"):
        reply = await window.say(word)
        window.bench.conversation = Conversation(State.FILING)
        assert reply.status == "filing_question"


async def test_a_picture_is_asked_to_be_said_in_words(window: Window) -> None:
    reply = await window.bench.say("", kind=MessageKind.IMAGE)
    assert reply.text == texts.FORM_TEXT_PLEASE
    assert window.bench.conversation.state is State.FILING


async def test_a_redelivered_answer_answers_nothing_more(window: Window) -> None:
    await window.say(*ANSWERS[:3])
    await window.say("张三", message_id="n1")
    reply = await window.say("张三", message_id="n1")
    assert reply.text.startswith(texts.FORM[Field.DOCUMENT])


async def test_published_texts_are_shown_before_anything_personal_is_asked(window: Window) -> None:
    hit = a_hit(a_document("云岭县财政预算"), "预算总额三亿元。")
    window.bench.retriever.knows(ANSWERS[0], Band.CONFIRM, hit)
    shown = await window.say(ANSWERS[0])
    assert [option.key for option in shown.options] == ["1", "继续"]
    opened = await window.say("1")
    assert "预算总额三亿元" in opened.text
    asked = await window.say("继续")
    assert asked.text.startswith(texts.FORM[Field.ROUTE])

    today = window.bench.clock().date()
    counted = await window.figures.deflections(today, today)
    assert (counted.shown, counted.viewed, counted.answered) == (1, 1, 1)
    await window.say(*ANSWERS[1:], "确认提交")
    assert (await window.figures.deflections(today, today)).answered == 0


async def test_the_question_just_asked_is_offered_as_what_is_wanted(database: Database) -> None:
    window = Window(database)
    await window.say("炖排骨放几勺盐")
    begun = await window.say("2")
    assert "炖排骨放几勺盐" in begun.text
    await window.say("1", *ANSWERS[1:], "确认提交")
    assert (await window.requests.load((await window.filed())[0])).case.question == "炖排骨放几勺盐"


async def test_a_form_left_half_filled_goes_on_when_asked_for_again(window: Window) -> None:
    await window.say(*ANSWERS[:3])
    window.bench.conversation = Conversation()
    reply = await window.say("申请公开")
    assert reply.text.startswith(texts.GO_ON_WITH_FORM)
    assert texts.FORM[Field.NAME] in reply.text
    again = await window.say("重填")
    assert texts.FORM[Field.DESCRIPTION] in again.text


async def test_a_draft_that_was_purged_is_said_to_be_gone(window: Window) -> None:
    await window.drafts.drop("wechat/main:anna")
    assert (await window.say("张三")).text == texts.FORM_GONE


NUMBERS = [
    NUMBER,
    "１１０１０５ 19491231 002x",
    "身份证号码：" + NUMBER,
    "张三 " + NUMBER,
    "110105491231002",
    "138 0000 0000",
    "我的电话是0392-5550000",
    "E12345678",
    "H1234567890",
    "91350100M000100Y43",
    "zhang.san@example.com",
]


@pytest.mark.parametrize("said", NUMBERS)
async def test_a_number_for_a_form_that_timed_out_is_neither_searched_nor_kept(window: Window, said: str) -> None:
    await window.say(*ANSWERS[:5])
    asked = list(window.bench.retriever.asked)
    window.bench.conversation = Conversation()
    reply = await window.say(said)

    assert reply.text == texts.FORM_PAUSED
    assert window.bench.conversation == Conversation()
    assert window.bench.retriever.asked == asked
    assert await window.bench.gaps() == ()
    again = await window.say(reply.options[0].key)
    assert texts.FORM[Field.IDENTITY] in again.text


async def test_a_number_for_a_form_that_was_purged_is_neither_searched_nor_kept(database: Database) -> None:
    window = Window(database)
    reply = await window.say(NUMBER)
    assert reply.text == texts.FORM_LAPSED
    assert window.bench.retriever.asked == []
    assert texts.FORM[Field.DESCRIPTION] in (await window.say(reply.options[0].key)).text


@pytest.mark.parametrize(
    "said",
    [
        "低保",
        "云政办〔2025〕12号",
        "12345",
        "2025年财政预算",
        "1",
        "老人电话0392-5550000打不通",
        "云岭-2026-000001",
        "2021-2025 2026-2030",
        "2024-01-15 2024-3-20",
    ],
)
async def test_what_is_no_such_number_is_a_question_as_ever(database: Database, said: str) -> None:
    window = Window(database)
    assert (await window.say(said)).status != "filing_lapsed"


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("我要申请公开2025年财政预算", "2025年财政预算"),
        ("申请信息公开：某路征地批文", "某路征地批文"),
        ("依申请公开", ""),
        ("低保怎么申请", ""),
    ],
)
def test_what_is_wanted_is_taken_from_the_words_that_ask_for_the_form(said: str, wish: str) -> None:
    assert prefilled(said) == wish


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*ANSWERS, "继续", "提交吧", "1", "2", "0", "申请公开", "取消", "低保"]), max_size=12))
async def test_no_chatter_ever_files_a_request(window: Window, said: list[str]) -> None:
    await window.say(*said, "好的")
    assert await window.filed() == []


async def test_of_who_leaves_no_form_is_kept(window: Window) -> None:
    await window.say("2024 年全县低保人数")
    await window.bench.say("", kind=MessageKind.UNSUBSCRIBE)

    assert not (await window.say("我要申请公开")).text.startswith(texts.GO_ON_WITH_FORM)


CHATTER = (
    *ANSWERS,
    *(
        "继续",
        "申请公开",
        "我要申请公开2025年财政预算",
        "取消",
        "重填",
        "修改2",
        "0",
        "2",
        "3",
        "9",
        "是",
        "好的",
        "确认",
    ),
    *("提交吧", "我不想提交", "确认提交了吗？", "提 交", "转人工", "谢谢", "低保怎么申请", "查询", "某路 1 号", "😀"),
    *("", " ", "文" * 700),
)


@pytest.mark.timeout(60)
async def test_a_thousand_messages_without_the_word_file_nothing(window: Window) -> None:
    chance = Random(711)  # noqa: S311  the same chatter every time
    form = iter(cycle(ANSWERS))
    complete = 0
    for number in range(1000):
        # mostly an answer that brings the form forward, or it would never be complete
        said = next(form) if chance.random() < 0.6 else chance.choice(CHATTER)
        if number % 50 == 0:
            form = iter(cycle(ANSWERS))
            await window.say("申请公开", "重填")
        reply = await window.say(said)
        complete += reply.text.startswith(texts.CHECK_FORM)

    assert complete > 0
    assert await window.filed() == []


ASKED = f"张三（身份证{NUMBER}）的宅基地审批表"
KEPT = "张三（身份证＊＊＊）的宅基地审批表"


@pytest.mark.parametrize("platform", ["web", "wechat/main", "wecom/hall", "kf/desk", "weibo/news"])
async def test_a_form_by_chat_leaves_no_number_in_clear(window: Window, platform: str) -> None:
    window.bench.citizen = User(platform, "u1")
    await window.say("取消", "我要申请公开", ASKED, *ANSWERS[1:], "确认提交")

    (docket,) = [docket async for docket in window.requests.all()]

    assert docket.case.question == KEPT
    filing = docket.events[0].act.filing
    assert filing is not None
    assert filing.wish.description == ASKED


async def test_what_a_form_was_begun_with_stands_in_the_conversation_without_numbers(window: Window) -> None:
    window.bench.retriever.knows(ASKED, Band.ANSWER, a_hit(a_document("审批办法")))
    await window.say(ASKED)
    assert window.bench.conversation.question == KEPT
    await window.say("取消")


async def test_a_suggested_text_that_was_repealed_meanwhile_is_not_quoted(window: Window) -> None:
    wish = ANSWERS[0]
    hit = a_hit(a_document("低保办法"), "第一条 可以申请。")
    window.bench.retriever.findings[wish] = a_finding(wish, Band.ANSWER, hit)
    assert (await window.say(wish)).status == "filing_suggested"
    repealed = a_hit(a_document("低保办法", validity=Validity.REPEALED), "第一条 可以申请。")
    window.bench.retriever.findings[wish] = a_finding(wish, Band.ANSWER, repealed)

    reply = await window.say("1")

    assert "可以申请" not in reply.text
    assert reply.conversation.state is State.FILING
