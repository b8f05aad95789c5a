import pytest

from console.ports import Role
from knowledge.synonyms import Direction, Synonym
from knowledge.upkeep import ShippedList, WordUse
from tests.console.conftest import Office, hidden

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
    trial, *_ = [a for a in page.all("a") if a.text.startswith("试一试")]
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


async def test_a_shipped_synonym_is_switched_off_and_on_again(office: Office) -> None:
    visitor = await office.staff(Role.EDITOR, "wang")
    page = await visitor.get(f"{HERE}?find=低保")
    (form,) = [each for each in page.all("form", action=f"{HERE}/shipped") if "低保" in each.text]

    page = await visitor.post(f"{HERE}/shipped", hidden(form))
    assert "已停用" in page.text
    row = next(each for each in page.all("tr") if "低保怎么申请" in each.text)
    assert [cell.text.strip() for cell in row.all("td")][:4] == ["低保", "最低生活保障", "双向", "简称"]
    assert row.all("td")[4].text.startswith("停用wang")
    # the search stays
    assert page.one("input", id="find").attributes["value"] == "低保"

    (form,) = [each for each in page.all("form", action=f"{HERE}/shipped") if "低保" in each.text]
    page = await visitor.post(f"{HERE}/shipped", hidden(form))
    assert "已启用" in page.text
    await visitor.post(f"{HERE}/shipped", hidden(form))
    turns = [(turn.listed, turn.word, turn.off, turn.by) for turn in await office.knowledge.vocabulary.turns()]
    entry = (ShippedList.SYNONYMS, "低保")
    assert turns == [(*entry, True, "wang"), (*entry, False, "wang")]


async def test_own_and_shipped_words_are_found_by_what_they_hold(office: Office) -> None:
    visitor = await office.staff(Role.EDITOR)
    await office.knowledge.vocabulary.put_word("新农合平台", WordUse.DICTIONARY, by="wang")
    page = await visitor.get(f"{HERE}?find=医疗")
    assert [row.all("td")[0].text.strip() for row in page.all("tr") if row.all("td")] == ["新农合"]
    page = await visitor.get(f"{HERE}?find=新农合")
    assert [row.all("td")[0].text.strip() for row in page.all("tr") if row.all("td")] == ["新农合平台", "新农合"]


async def test_an_own_synonym_counts_instead_of_the_shipped_one(office: Office) -> None:
    visitor = await office.staff(Role.EDITOR)
    await office.knowledge.vocabulary.put_synonym(Synonym("低保", ("低保金",), Direction.ONE_WAY), by="wang")
    page = await visitor.get(HERE)
    assert "以本单位的为准" in next(row for row in page.all("tr") if "低保怎么申请" in row.text).text


@pytest.mark.parametrize(
    "fields", [{"listed": "x", "word": "低保"}, {"listed": "同义词", "word": "没有的词"}, {"word": "低保"}]
)
async def test_what_is_not_shipped_cannot_be_switched(office: Office, fields: dict[str, str]) -> None:
    visitor = await office.staff(Role.EDITOR)
    token = {"csrf": (await visitor.get(HERE)).all("input", name="csrf")[0].attributes["value"]}
    await visitor.post(f"{HERE}/shipped", token, status=400, off="1", **fields)
    assert await office.knowledge.vocabulary.turns() == ()


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
