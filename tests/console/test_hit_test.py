from urllib.parse import quote

import pytest

from console.hit_test import TERMS, shares
from console.ports import Role
from knowledge.explanation import Contribution
from tests.console.conftest import Office
from tests.console.shelf import DIBAO, QUESTION, fill

HERE = "/console/hit-test"
ASKED = f"{HERE}?question={QUESTION}"


def test_contributions_are_summed_by_level_and_field() -> None:
    given = [
        Contribution("段落", "词", "甲", 1.0),
        Contribution("全文", "字", "乙", 5.0),
        Contribution("段落", "词", "丙", 2.0),
    ]
    first, second = shares(given)
    assert (first.level, first.score) == ("全文", 5.0)
    assert [term.term for term in second.terms] == ["丙", "甲"]
    assert second.score == pytest.approx(3.0)


def test_of_many_terms_the_highest_are_shown() -> None:
    (share,) = shares([Contribution("段落", "字", str(number), float(number)) for number in range(TERMS + 3)])
    assert len(share.terms) == TERMS
    assert share.more == 3
    assert share.terms[0].score == TERMS + 2


async def test_a_question_is_explained(office: Office) -> None:
    await fill(office)
    page = await (await office.staff(Role.EDITOR)).get(ASKED)
    for words in (
        "直接回答",
        "把握高于直接回答的界线",
        "91%（30% 起给候选，62% 起直接回答）",
        "全文检索。没有点名文件",
        "吃低保 → 最低生活保障",
        "第二条 每月 750 元。",
        "没有给公众看",
        "得分 21.30",
        "最低生活保障吃低保的同义词 5.10",
        "还有 1 项",
        "低保多少钱",
        "已废止，不用来回答",
    ):
        assert words in page.text, words


async def test_a_result_is_saved_and_linked_and_leads_back(office: Office) -> None:
    await fill(office)
    visitor = await office.staff(Role.EDITOR)
    page = await visitor.get(ASKED)
    save = next(form for form in page.all("form", action="/console/test-questions") if "低保办法" in form.text)
    fields = {each.attributes["name"]: each.attributes["value"] for each in save.all("input")}
    page = await visitor.post("/console/test-questions", fields)
    assert visitor.path == f"{HERE}?question={quote(QUESTION)}&done=saved"
    assert "测试题已保存" in page.text
    assert any(trial.question == QUESTION for trial in await office.knowledge.trials.all())

    link = next(form for form in page.all("form", action="/console/link") if "低保办法" in form.text)
    fields = {each.attributes["name"]: each.attributes["value"] for each in link.all("input")}
    page = await visitor.post("/console/link", fields)
    assert "问题已关联" in page.text
    assert any(kept.question == QUESTION for kept in await office.knowledge.links.for_document(DIBAO.id))


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.EDITOR, {"加同义词", "关联", "存为测试题"}),
        (Role.OFFICER, {"关联", "存为测试题"}),
        (Role.PUBLISHER, {"加同义词", "存为测试题"}),
        (Role.REVIEWER, set()),
    ],
)
async def test_each_role_is_offered_what_it_may_do(office: Office, role: Role, offered: set[str]) -> None:
    await fill(office)
    page = await (await office.staff(role)).get(ASKED)
    buttons = "".join(each.text for each in page.one("main").all("button") + page.one("main").all("a"))
    assert {words for words in ("加同义词", "关联", "存为测试题") if words in buttons} == offered


async def test_without_a_question_nothing_is_asked(office: Office) -> None:
    page = await (await office.staff(Role.EDITOR)).get(f"{HERE}?question=%20")
    assert "写一个问题" in page.text


async def test_what_finds_nothing_says_so(office: Office) -> None:
    page = await (await office.staff(Role.EDITOR)).get(f"{HERE}?question={'长' * 600}")
    assert "没有任何文件" in page.text
    assert len(page.one("input", id="question").attributes["value"]) == 500
