from datetime import date
from urllib.parse import quote

import pytest

from knowledge.types import Disclosure, Validity
from tests.console.conftest import Office
from tests.console.markup import Element
from tests.fakes import a_document

TEXT = "# 第一章 总则\n第一条 甲。\n\n| 项目 | 标准 |\n| --- | --- |\n| 低保 | 600元 |\n第二条 乙。"


async def put(office: Office) -> None:
    for document in (
        a_document("低保办法", topic="社会救助", number="云政〔2025〕1号", text=TEXT, published_on=date(2025, 6, 1)),
        a_document("公租房办法", topic="住房保障", published_on=date(2026, 1, 1)),
        a_document("旧办法", topic="社会救助", validity=Validity.REPEALED, successor="低保办法"),
        a_document("内部规程", topic="社会救助", disclosure=Disclosure.WITHHELD),
        a_document("依申请的", topic="社会救助", disclosure=Disclosure.ON_REQUEST),
        a_document("市里的 a/b", topic="其他事项"),
        a_document("到期的", expires_on=date(2025, 12, 31)),
    ):
        await office.documents.put(document, by="li")


def titles(page: Element) -> list[str]:
    return [each.text for each in page.all("h2") if each.within("li")]


async def test_everybody_browses_what_is_disclosed_by_topic_latest_first(office: Office) -> None:
    await put(office)
    page = await office.visitor().get("/catalogue")

    named = [link.text for link in page.one("nav", **{"class": "topics"}).all("a")]
    assert named == ["全部 5", "社会救助 2", "住房保障 1", "其他事项 1"]
    assert titles(page)[0] == "公租房办法"
    assert "共 5 份" in page.text
    assert titles(await office.visitor().get(f"/catalogue?topic={quote('住房保障')}")) == ["公租房办法"]


async def test_what_is_not_disclosed_is_nowhere(office: Office) -> None:
    await put(office)
    visitor = office.visitor()
    for page in (await visitor.get("/catalogue"), await visitor.get(f"/catalogue?text={quote('内部')}")):
        assert "内部规程" not in titles(page)
    for hidden in ("内部规程", "依申请的", "没有的"):
        await visitor.get(f"/catalogue/{quote(hidden)}", status=404)
    await office.documents.remove("低保办法", by="li")
    await visitor.get(f"/catalogue/{quote('低保办法')}", status=404)


async def test_a_search_finds_titles_and_numbers_and_says_when_it_finds_nothing(office: Office) -> None:
    await put(office)
    visitor = office.visitor()
    assert titles(await visitor.get(f"/catalogue?text={quote('云政〔2025〕')}")) == ["低保办法"]
    assert "没有找到" in (await visitor.get("/catalogue?text=%E2%98%83")).text
    assert "没有找到" in (await visitor.get("/catalogue?page=99")).text


async def test_a_text_is_read_with_its_headings_tables_and_facts(office: Office) -> None:
    await put(office)
    page = await office.visitor().get(f"/catalogue/{quote('低保办法')}")

    assert page.one("h1").text == "低保办法"
    assert [each.text for each in page.all("h2")] == ["第一章 总则"]
    assert [each.text for each in page.one("table").all("th")] == ["项目", "标准"]
    assert [each.text for each in page.one("table").all("td")] == ["低保", "600元"]
    assert "云政〔2025〕1号" in page.text


async def test_a_text_that_is_no_longer_in_force_says_so_and_shows_its_successor(office: Office) -> None:
    await put(office)
    visitor = office.visitor()
    repealed = await visitor.get(f"/catalogue/{quote('旧办法')}")
    assert "这份文件已废止，请看《低保办法》" in repealed.text
    # its term ended meanwhile, though nobody has marked it
    assert "这份文件已失效" in (await visitor.get(f"/catalogue/{quote('到期的')}")).text


async def test_an_id_with_a_slash_is_an_address_too(office: Office) -> None:
    await put(office)
    visitor = office.visitor()
    (link,) = [each for each in (await visitor.get("/catalogue")).all("a") if each.text == "市里的 a/b"]
    assert (await visitor.get(link.attributes["href"])).one("h1").text == "市里的 a/b"


@pytest.mark.parametrize(
    "place", ["/catalogue?topic=%00&page=-1", "/catalogue?page=99999999999999999999", "/catalogue/%00"]
)
async def test_odd_addresses_do_no_harm(office: Office, place: str) -> None:
    await office.visitor().get(place, status=404 if place.endswith("/%00") else 200)


async def test_the_guide_tells_who_answers_how_to_apply_and_where_to_turn(office: Office) -> None:
    page = await office.visitor().get("/guide")
    for said in ("20 个工作日", "7 个工作日", "60 日内", "信息处理费", "受理机构", "公开目录"):
        assert said in page.text
