import pytest

from console.ports import Role
from knowledge.synonyms import Direction, Synonym
from knowledge.upkeep import WordUse
from tests.console.conftest import Office

HERE = "/console/vocabulary"


async def test_a_synonym_is_added_tried_and_removed(office: Office) -> None:
    visitor = await office.staff(Role.EDITOR, "wang")
    page = await visitor.send(
        HERE,
        f"{HERE}/synonyms",
        word="吃低保",
        others="最低生活保障、低保，低保金",
        direction="one_way",
        note="口语",
        test="吃低保要什么条件",
    )
    assert "同义词已保存" in page.text
    (kept,) = await office.knowledge.vocabulary.synonyms()
    others = ("最低生活保障", "低保", "低保金")
    assert kept.synonym == Synonym("吃低保", others, Direction.ONE_WAY, "口语", "吃低保要什么条件")
    assert kept.by == "wang"
    (trial,) = [a for a in page.all("a") if a.text.startswith("试一试")]
    await visitor.get(trial.attributes["href"])

    page = await visitor.send(HERE, f"{HERE}/synonyms/remove")
    assert "已删除" in page.text
    assert not await office.knowledge.vocabulary.synonyms()


async def test_words_are_added_and_removed_by_their_use(office: Office) -> None:
    visitor = await office.staff(Role.PUBLISHER)
    token = {"csrf": (await visitor.get(HERE)).all("input", name="csrf")[0].attributes["value"]}
    for use in WordUse:
        await visitor.post(f"{HERE}/words", token, use=use, word="云岭通", note="平台")
    assert {kept.use for kept in await office.knowledge.vocabulary.words()} == set(WordUse)
    await visitor.post(f"{HERE}/words/remove", token, use=WordUse.STOP, word="云岭通")
    (kept,) = await office.knowledge.vocabulary.words()
    assert kept.use is WordUse.DICTIONARY


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"word": "", "others": "甲"}, "请填写词语"),
        ({"word": "甲", "others": " 、 "}, "至少填写一个"),
        ({"word": "甲", "others": "甲"}, "不能是自己的同义词"),
        ({"word": "甲<b>", "others": "乙"}, "只能用汉字"),
        ({"word": "甲", "others": "、".join(f"词{number}" for number in range(21))}, "最多 20 个"),
        ({"word": "长" * 31, "others": "乙"}, "最长 30 字"),
    ],
)
async def test_what_is_no_synonym_is_said_and_stays_in_the_form(
    office: Office, fields: dict[str, str], message: str
) -> None:
    visitor = await office.staff(Role.EDITOR)
    page = await visitor.send(HERE, f"{HERE}/synonyms", status=422, direction="two_way", **fields)
    assert message in page.one("p", role="alert").text
    assert page.one("input", id="word").attributes["value"] == fields["word"]
    assert page.one("input", id="others").attributes["value"] == fields["others"].strip("\n")
    assert not await office.knowledge.vocabulary.synonyms()


async def test_a_word_that_is_refused_stays_in_its_own_form(office: Office) -> None:
    visitor = await office.staff(Role.EDITOR)
    token = {"csrf": (await visitor.get(HERE)).all("input", name="csrf")[0].attributes["value"]}
    page = await visitor.post(f"{HERE}/words", token, status=422, use=WordUse.STOP, word="a b", note="为什么")
    values = [each.attributes["value"] for each in page.all("input", name="word") if "id" in each.attributes]
    assert values == ["", "", "a b"]


@pytest.mark.parametrize(
    ("step", "fields"), [("synonyms", {"direction": "x"}), ("words", {"use": "x"}), ("words/remove", {})]
)
async def test_what_no_form_sends_is_refused(office: Office, step: str, fields: dict[str, str]) -> None:
    visitor = await office.staff(Role.EDITOR)
    token = {"csrf": (await visitor.get(HERE)).all("input", name="csrf")[0].attributes["value"]}
    await visitor.post(f"{HERE}/{step}", token | fields, status=400)


async def test_the_address_fills_in_the_form(office: Office) -> None:
    page = await (await office.staff(Role.EDITOR)).get(f"{HERE}?word=吃低保&test=问")
    assert page.one("input", id="word").attributes["value"] == "吃低保"
    assert page.one("input", id="test").attributes["value"] == "问"
