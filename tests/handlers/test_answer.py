from dataclasses import replace

import pytest

from bot.types import Conversation, Option, State
from handlers import texts
from handlers.answer import LONGEST
from knowledge.types import Band, Route, Validity
from tests.fakes import a_document, a_hit
from tests.handlers.bench import Bench

POLICY = a_document("低保办法", number="云政〔2025〕1号", url="https://example.gov.cn/1")
GUIDE = a_document("低保指南", issuer="", published_on=None)


# answered


async def test_an_answer_quotes_the_passage_and_names_its_source(bench: Bench) -> None:
    bench.retriever.knows("低保怎么申请", Band.ANSWER, a_hit(POLICY, "向乡镇提出。", heading="第二章 申请 / 第八条"))

    reply = await bench.say(" 低保怎么申请\n")

    assert reply.text == "【第八条】向乡镇提出。"
    assert reply.footer == (
        "出处：《低保办法》（云政〔2025〕1号）\n县民政局，2025-06-01，现行有效\nhttps://example.gov.cn/1"
    )
    assert reply.status == "answered_search"
    assert reply.options == (Option("1", "已解决"), Option("2", "未解决"), Option("0", "转人工"))
    assert reply.conversation == Conversation(State.ANSWERED, "低保怎么申请", answer="a1")


async def test_a_document_of_a_higher_level_says_so(bench: Bench) -> None:
    higher = replace(POLICY, issuer="国务院")
    bench.retriever.knows("低保", Band.ANSWER, a_hit(higher, "向乡镇提出。"))

    reply = await bench.say("低保")
    assert reply.text == "【提示】这是国务院的文件，本地可能另有具体规定，请留意适用范围。\n向乡镇提出。"


async def test_a_document_of_another_place_says_so(bench: Bench) -> None:
    other = replace(POLICY, issuer="清溪县民政局")
    bench.retriever.knows("低保", Band.ANSWER, a_hit(other, "向乡镇提出。"))

    reply = await bench.say("低保")
    notice = "【提示】这是其他地区的文件（清溪县民政局），不一定适用于本地，请留意适用范围。"
    assert reply.text == f"{notice}\n向乡镇提出。"


async def test_every_further_document_is_named_once(bench: Bench) -> None:
    other = a_hit(GUIDE)
    bench.retriever.knows("低保", Band.ANSWER, a_hit(POLICY), other, other)

    reply = await bench.say("低保")

    assert reply.footer.endswith("\n相关文件：《低保指南》")
    assert [source.title for source in reply.sources] == ["低保办法", "低保指南", "低保指南"]


async def test_a_source_says_all_that_a_page_shows(bench: Bench) -> None:
    bench.retriever.knows("低保", Band.ANSWER, a_hit(POLICY, "向乡镇提出。", heading="第八条", score=9.87654))

    (source,) = (await bench.say("低保")).sources

    assert (source.document, source.title, source.number, source.issuer) == (
        POLICY.id,
        "低保办法",
        "云政〔2025〕1号",
        "县民政局",
    )
    assert (source.published_on, source.status, source.url) == (POLICY.published_on, "现行有效", POLICY.url)
    assert (source.heading, source.quote, source.score) == ("第八条", "向乡镇提出。", 9.8765)


@pytest.mark.parametrize(
    ("heading", "quote", "shown"),
    [
        ("", "向乡镇提出。", "向乡镇提出。"),
        ("第二章 / 第八条", "第八条　向乡镇提出。", "第八条　向乡镇提出。"),
        ("低保办法", "向乡镇提出。", "向乡镇提出。"),
        ("一、申请条件", "一、 申请条件\n向乡镇提出。", "一、 申请条件\n向乡镇提出。"),
    ],
    ids=["no heading", "the quote begins with it", "it is the title", "but for spaces the same"],
)
async def test_a_heading_is_said_only_where_the_quote_does_not(
    bench: Bench, heading: str, quote: str, shown: str
) -> None:
    bench.retriever.knows("低保", Band.ANSWER, a_hit(POLICY, quote, heading=heading))

    assert (await bench.say("低保")).text == shown


@pytest.mark.parametrize(
    ("route", "status"),
    [(Route.SEARCH, "answered_search"), (Route.EXACT, "answered_exact"), (Route.ANSWERED, "answered_faq")],
)
async def test_the_status_says_by_which_route_the_answer_came(bench: Bench, route: Route, status: str) -> None:
    bench.retriever.knows("低保", Band.ANSWER, a_hit(POLICY), route=route)

    assert (await bench.say("低保")).status == status


async def test_an_answer_is_stored_with_what_explains_it(bench: Bench) -> None:
    bench.retriever.knows(
        "低保", Band.ANSWER, a_hit(POLICY), near_misses=(a_hit(GUIDE, score=1.0),), features={"ratio": 0.9}
    )
    await bench.say("低保")

    (record,) = await bench.answers.recent()

    assert (record.id, record.at, record.channel) == ("a1", bench.clock().isoformat(), "wechat/main")
    assert (record.question, record.normalised, record.status) == ("低保", "低保", "answered_search")
    assert (record.route, record.band, record.probability) == ("search", "answer", 0.5)
    assert record.generation == "g1"
    assert record.used == (("低保办法#0", 9.0),)
    assert record.near_misses == (("低保指南#0", 1.0),)
    assert record.features == {"ratio": 0.9}


# not in force


async def test_a_document_not_in_force_has_a_banner_and_its_successor(bench: Bench) -> None:
    old = a_document("旧办法", validity=Validity.REPEALED, successor="new")
    bench.retriever.documents["new"] = POLICY
    bench.retriever.knows("旧办法", Band.ANSWER, a_hit(old, "原文。"), route=Route.EXACT)

    reply = await bench.say("旧办法")

    assert reply.text == (
        "【注意】该文件已废止，以下内容仅供参考，不作为现行依据。\n现行文件：《低保办法》（云政〔2025〕1号）\n原文。"
    )
    assert "已废止" in reply.footer


@pytest.mark.parametrize("validity", [validity for validity in Validity if validity is not Validity.IN_FORCE])
async def test_every_validity_but_in_force_is_warned_of(bench: Bench, validity: Validity) -> None:
    bench.retriever.knows("旧办法", Band.ANSWER, a_hit(a_document("旧办法", validity=validity)))

    assert (await bench.say("旧办法")).text.startswith(f"【注意】该文件{validity.value}，")


@pytest.mark.parametrize(
    ("successor", "shown"),
    [("云政〔2026〕9号", "现行文件：云政〔2026〕9号"), ("yl-dibao-2", None), ("", None)],
    ids=["a number outside the knowledge base", "an id that leads nowhere", "none"],
)
async def test_a_successor_is_named_only_in_words_for_citizens(bench: Bench, successor: str, shown: str | None) -> None:
    old = a_document("旧办法", validity=Validity.REPEALED, successor=successor)
    bench.retriever.knows("旧办法", Band.ANSWER, a_hit(old))

    lines = (await bench.say("旧办法")).text.splitlines()

    assert [line for line in lines if line.startswith("现行文件")] == ([shown] if shown else [])


async def test_a_successor_without_a_number_is_named_by_its_title(bench: Bench) -> None:
    bench.retriever.documents["new"] = GUIDE
    old = a_document("旧办法", validity=Validity.EXPIRED, successor="new")
    bench.retriever.knows("旧办法", Band.ANSWER, a_hit(old))

    assert "现行文件：《低保指南》\n" in (await bench.say("旧办法")).text


# candidates


async def test_an_unclear_question_gives_numbered_candidates(bench: Bench) -> None:
    bench.retriever.knows("低保", Band.CONFIRM, a_hit(POLICY), a_hit(GUIDE, "没有句号的一行\n第二行"))

    reply = await bench.say("低保")

    assert reply.text == "关于“低保”，您想了解的是不是下面的内容？请回复数字："
    assert reply.options == (
        Option("1", "《低保办法》（县民政局，2025-06-01）", "原文第一句。"),
        Option("2", "《低保指南》", "没有句号的一行"),
        Option("0", "都不是"),
    )
    assert reply.status == "confirm_candidates"
    assert reply.conversation == Conversation(State.CHOOSING, "低保", choices=("低保办法#0", "低保指南#0"), answer="a1")


async def test_there_are_at_most_three_candidates(bench: Bench) -> None:
    bench.retriever.knows("低保", Band.CONFIRM, *(a_hit(a_document(f"文件{number}")) for number in range(5)))

    assert [option.key for option in (await bench.say("低保")).options] == ["1", "2", "3", "0"]


async def test_long_questions_and_long_sentences_are_shortened_in_candidates(bench: Bench) -> None:
    question = "问" * 100
    bench.retriever.knows(question, Band.CONFIRM, a_hit(POLICY, "长" * 100 + "。"))

    reply = await bench.say(question)

    assert f"“{'问' * 39}…”" in reply.text
    assert reply.options[0].detail == "长" * 59 + "…"


# not found


async def test_what_is_not_found_is_said_honestly_with_the_department_and_the_ways_on(bench: Bench) -> None:
    reply = await bench.say("低保怎么申请")

    assert reply.text == (
        "抱歉，在已公开的政策文件中没有查到可以直接答复的内容。\n该问题可能与县民政局的工作有关。\n"
        "咨询电话：0392-5550001\n您可以："
    )
    assert reply.options == (Option("1", "留言咨询"), Option("2", "正式申请"))
    assert reply.status == "escalated_no_match"
    assert reply.conversation == Conversation(State.OFFERED, "低保怎么申请", answer="a1")


async def test_a_department_without_a_telephone_has_the_offices(bench: Bench) -> None:
    assert "县人社局" in (await bench.say("养老金")).text
    assert "0392-5550000" in (await bench.say("养老金")).text


async def test_a_question_of_no_topic_is_given_to_no_department(bench: Bench) -> None:
    reply = await bench.say("怎么炖排骨")

    assert "的工作有关" not in reply.text
    assert "0392-5550009" in reply.text


async def test_what_is_not_found_is_counted_as_one_gap_with_its_near_misses(bench: Bench) -> None:
    bench.retriever.knows("低保怎么申请", Band.ESCALATE, a_hit(POLICY, heading="第八条", score=1.25))
    await bench.say("低保怎么申请")

    (gap,) = await bench.gaps()

    assert (gap.question, gap.topic, gap.times) == ("低保怎么申请", "社会救助", 1)
    assert gap.near_misses == "《低保办法》（县民政局，2025-06-01） 第八条 得分 1.25"


async def test_the_way_on_from_a_gap_does_not_count_it_again(bench: Bench) -> None:
    await bench.inquire()

    assert [gap.times for gap in await bench.gaps()] == [1]


@pytest.mark.parametrize("word", ["举报", "投诉", "信访", "上访", "控告", "检举"])
async def test_a_petition_is_pointed_to_its_channel(bench: Bench, word: str) -> None:
    reply = await bench.say(f"我要{word}低保")

    assert reply.status == "redirected_petition"
    assert "12345" in reply.text
    assert "0392-5550001" in reply.text
    assert [option.key for option in reply.options] == ["1", "2"]


async def test_a_petition_that_a_policy_answers_is_answered(bench: Bench) -> None:
    bench.retriever.knows("怎么投诉物业", Band.ANSWER, a_hit(POLICY))

    assert (await bench.say("怎么投诉物业")).status == "answered_search"


# questions that are none


@pytest.mark.parametrize("text", ["。" * 30, "？ " * 20])
async def test_signs_alone_are_no_question(bench: Bench, text: str) -> None:
    reply = await bench.say(text)

    assert (reply.text, reply.status) == (texts.EMPTY_QUESTION, "social_empty")
    assert bench.retriever.asked == []


async def test_a_letter_is_no_question(bench: Bench) -> None:
    assert (await bench.say("长" * LONGEST)).status == "escalated_no_match"

    for sign in "长1":
        reply = await bench.say(sign * (LONGEST + 1))
        assert (reply.text, reply.status) == (texts.TOO_LONG, "refused_long")
