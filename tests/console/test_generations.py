import pytest

from console.ports import Role
from knowledge.upkeep import Progress, Stage
from tests.console.conftest import Office, hidden
from tests.console.shelf import fill
from tests.fakes import MONDAY

HERE = "/console/generations"


async def test_a_publisher_rebuilds_and_follows_it(office: Office) -> None:
    visitor = await office.staff(Role.PUBLISHER, "zhou")
    await visitor.send(HERE, f"{HERE}/reload")
    assert office.generations.asked == [("reload", "zhou", False)]

    office.generations.state = Progress(Stage.BUILDING, 3, 10, "zhou", MONDAY)
    page = await visitor.get(HERE)
    assert "3 / 10" in page.text
    assert page.all("section", **{"data-refresh": ""})
    assert page.one("noscript").one("meta").attributes["content"] == "3"
    assert not page.one("main").all("form")

    office.generations.state = Progress(Stage.DONE, by="zhou", at=MONDAY)
    assert "已切换到新版本" in (await visitor.get(f"{HERE}?done=begun")).text


async def test_a_second_reload_at_the_same_time_is_no_trouble(office: Office) -> None:
    visitor = await office.staff(Role.PUBLISHER)
    form = hidden((await visitor.get(HERE)).one("form", action=f"{HERE}/reload"))
    office.generations.state = Progress(Stage.CHECKING)
    await visitor.post(f"{HERE}/reload", form)
    assert visitor.path == f"{HERE}?done=running"


async def test_a_refused_reload_says_why_and_can_be_forced(office: Office) -> None:
    office.generations.state = Progress(Stage.REFUSED, by="zhou", at=MONDAY, reason="文件从 60 件减到 12 件")
    visitor = await office.staff(Role.PUBLISHER, "zhou")
    assert "文件从 60 件减到 12 件" in (await visitor.get(HERE)).text
    await visitor.send(HERE, f"{HERE}/reload", force="yes")
    assert office.generations.asked == [("reload", "zhou", True)]


async def test_a_rollback_is_confirmed_and_done(office: Office) -> None:
    await fill(office)
    visitor = await office.staff(Role.PUBLISHER, "zhou")
    page = await visitor.get(HERE)
    assert "g-1" in page.one("form", action=f"{HERE}/rollback").text
    page = await visitor.send(HERE, f"{HERE}/rollback")
    assert "已退回上一版" in page.text
    assert office.generations.asked == [("rollback", "zhou", False)]


async def test_a_rollback_from_a_page_of_before_a_switch_is_not_done(office: Office) -> None:
    await fill(office)
    visitor = await office.staff(Role.PUBLISHER)
    form = hidden((await visitor.get(HERE)).one("form", action=f"{HERE}/rollback"))
    page = await visitor.post(f"{HERE}/rollback", form | {"live": "g-0"}, status=409)
    assert "使用中的版本已经变了" in page.one("p", role="alert").text
    assert not office.generations.asked


async def test_without_a_generation_before_there_is_no_way_back(office: Office) -> None:
    await fill(office)
    visitor = await office.staff(Role.PUBLISHER)
    form = hidden((await visitor.get(HERE)).one("form", action=f"{HERE}/rollback"))
    del office.generations.listed[1]
    page = await visitor.post(f"{HERE}/rollback", form, status=409)
    assert "没有可以退回的上一版" in page.one("p", role="alert").text
    assert not (await visitor.get(HERE)).all("form", action=f"{HERE}/rollback")


async def test_an_editor_sees_the_generations_and_cannot_switch(office: Office) -> None:
    await fill(office)
    page = await (await office.staff(Role.EDITOR)).get(HERE)
    assert "由“知识库发布”操作" in page.text
    assert not page.one("main").all("form")
    assert "答错的测试题：公租房怎么申请" in page.text


@pytest.mark.parametrize("stage", [Stage.NONE, Stage.DONE])
async def test_a_reload_that_is_over_leaves_no_message(office: Office, stage: Stage) -> None:
    office.generations.state = Progress(stage)
    page = await (await office.staff(Role.PUBLISHER)).get(HERE)
    assert not page.all("progress")
    assert "还没有版本" in page.text
