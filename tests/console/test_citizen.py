from dataclasses import replace
from datetime import date

import pytest

from bot.errors import StillWorking, Unavailable
from bot.types import Option, Reply, Source
from console.citizen import HALF_A_YEAR, LONGEST
from console.texts import CHAT_BUSY, CHAT_EMPTY, CHAT_EXPIRED, CHAT_LATE
from tests.console.conftest import Office, hidden

SOURCE = Source(
    document="d",
    title="加装电梯办法",
    number="浚政办〔2025〕12号",
    issuer="浚县人民政府办公室",
    published_on=date(2025, 6, 3),
    status="现行有效",
    url="https://example.gov.cn/d",
    heading="第三章 / 第十二条",
    quote="每台补贴十五万元。",
    score=9.1,
)


async def test_the_first_page_tells_before_it_asks(office: Office) -> None:
    visitor = office.visitor()
    page = await visitor.get("/")
    text = page.text
    assert text.index("提问前请了解") < text.index("您的问题")
    assert "不生成内容" in text
    assert page.one("section", **{"class": "notice"}).one("a").attributes["href"] == "/privacy"
    log = page.one("div", id="log")
    assert (log.attributes["role"], log.attributes["aria-live"]) == ("log", "polite")


async def test_a_visitor_keeps_one_token_that_scripts_read_from_the_page_only(office: Office) -> None:
    visitor = office.visitor()
    page = await visitor.get("/")
    assert visitor.last
    morsel = visitor.last.cookies["zhengda_user"]
    assert page.one("form", id="ask").attributes["data-user"] == morsel.value == "t-1"
    assert morsel["httponly"]
    assert morsel["samesite"] == "Lax"
    assert (await visitor.get("/")).one("form", id="ask").attributes["data-user"] == "t-1"


async def test_a_forged_token_is_replaced(office: Office) -> None:
    visitor = office.visitor()
    visitor.client.session.cookie_jar.update_cookies({"zhengda_user": "forged"}, office.server.make_url("/"))
    assert (await visitor.get("/")).one("form", id="ask").attributes["data-user"] == "t-1"


async def test_without_javascript_a_question_gets_its_answer_with_sources_and_buttons(office: Office) -> None:
    office.chat.replies = [
        Reply(
            "每台补贴十五万元。",
            "answered_search",
            footer="出处：…",
            options=(Option("1", "已解决"), Option("2", "未解决", "再问一次")),
            sources=(SOURCE,),
        ),
        Reply("感谢反馈", "feedback", footer="再见"),
    ]
    visitor = office.visitor()

    page = await visitor.send("/", "/#log", text=" 补贴多少？ ")

    assert office.chat.asked == [("t-1", "补贴多少？")]
    assert [each.text for each in page.one("div", id="log").all("p", **{"class": "text"})] == [
        "补贴多少？",
        "每台补贴十五万元。",
    ]
    sources = page.one("section", **{"class": "sources"})
    for word in (
        "加装电梯办法",
        "浚政办〔2025〕12号",
        "浚县人民政府办公室",
        "2025年6月3日",
        "现行有效",
        "第三章 / 第十二条",
    ):
        assert word in sources.text
    assert sources.one("a").attributes["href"] == "https://example.gov.cn/d"

    button = page.one("button", value="1")
    assert button.text == "1已解决"
    assert button.parent
    page = await visitor.post("/", hidden(button.parent), text="1")
    assert office.chat.asked[1] == ("t-1", "1")
    assert "已解决" in page.one("div", id="log").text
    assert "再见" in page.text


async def test_the_quoted_document_is_told_apart_from_related_ones(office: Office) -> None:
    related = replace(SOURCE, title="物业条例", status="已废止")
    office.chat.replies = [Reply("答", "answered_search", sources=(SOURCE, related))]
    page = await office.visitor().send("/", "/#log", text="问")
    told = {each.one("h3").text: each.one("a").text for each in page.all("section", **{"class": "sources"})}
    assert told == {"依据": "加装电梯办法（在新窗口打开）", "相关文件": "物业条例（在新窗口打开）"}


async def test_candidates_are_no_basis_of_anything(office: Office) -> None:
    office.chat.replies = [Reply("是哪一个？", "confirm_candidates", sources=(SOURCE, SOURCE))]
    page = await office.visitor().send("/", "/#log", text="问")
    assert [each.one("h3").text for each in page.all("section", **{"class": "sources"})] == ["相关文件"]


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "//evil.example"])
async def test_only_web_addresses_become_links(office: Office, url: str) -> None:
    bad = Source("d", "题", "", "", None, "已废止", url, "", "", 1.0)
    office.chat.replies = [Reply("答", "answered_search", sources=(bad,))]
    page = await office.visitor().send("/", "/#log", text="问")
    assert not page.one("section", **{"class": "sources"}).all("a")


async def test_an_answer_that_comes_later_is_announced(office: Office) -> None:
    office.chat.replies = [Reply("", "pending")]
    page = await office.visitor().send("/", "/#log", text="问")
    assert CHAT_LATE in page.text


@pytest.mark.parametrize("error", [Unavailable("locked"), StillWorking("slow")])
async def test_a_question_that_could_not_be_kept_is_shown_again(office: Office, error: Exception) -> None:
    office.chat.replies = [error]
    page = await office.visitor().send("/", "/#log", status=503, text="问得很长")
    assert page.one("p", id="state").text == CHAT_BUSY
    assert page.one("textarea").text.strip() == "问得很长"


async def test_an_empty_question_is_not_asked(office: Office) -> None:
    page = await office.visitor().send("/", "/#log", status=422, text=" ")
    assert page.one("p", id="state").text == CHAT_EMPTY
    assert office.chat.asked == []


async def test_a_question_that_is_too_long_is_not_cut_but_shown_again(office: Office) -> None:
    text = "长" * (LONGEST + 1)
    page = await office.visitor().send("/", "/#log", status=422, text=text)
    assert "最多 2000 字，现在有 2001 字" in page.one("p", id="state").text
    assert page.one("textarea").text.strip() == text
    assert office.chat.asked == []


async def test_a_question_from_another_site_is_not_asked_but_shown(office: Office) -> None:
    visitor = office.visitor()
    await visitor.get("/")
    for token in ("", "t-9", office.chat.issue()):
        page = await visitor.post("/", status=403, user=token, text="问")
        assert page.one("p", id="state").text == CHAT_EXPIRED
        assert page.one("textarea").text.strip() == "问"
    assert office.chat.asked == []


async def test_a_browser_without_the_cookie_is_asked_to_send_again(office: Office) -> None:
    token = office.chat.issue()
    page = await office.visitor().post("/", status=403, user=token, text="问")
    assert page.one("p", id="state").text == CHAT_EXPIRED


async def test_the_privacy_notice_says_who_what_and_how_long(office: Office) -> None:
    text = (await office.visitor().get("/privacy")).text
    for word in ("浚县人民政府办公室", "0392-0000000", "用途", "保存", "权利", "版本"):
        assert word in text


async def test_the_privacy_notice_promises_only_what_is_kept(office: Office) -> None:
    text = (await office.visitor().get("/privacy")).text
    assert f"{HALF_A_YEAR // 86400} 天没有访问" in text
    assert "答复 180 天后删除用户标识" in text
    assert "请不要填写" in text
    for promise in ("失效", "按档案规定"):
        assert promise not in text
