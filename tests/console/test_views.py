from console.ports import Role, SavedView
from tests.console.conftest import Office

PLACE = "/console/queue"
KEEP = f"{PLACE}/views"


async def test_a_filter_is_kept_under_a_name_opened_again_and_dropped(office: Office) -> None:
    visitor = await office.staff(Role.OFFICER)
    page = await visitor.send(f"{PLACE}?band=soon&text=补贴", KEEP, name=" 快到期的 补贴 ")
    assert "视图已保存" in page.text
    links = [link for link in page.all("a") if link.text == "快到期的 补贴"]
    page = await visitor.get(links[0].attributes["href"])
    assert page.one("select", id="band").one("option", selected="").attributes["value"] == "soon"
    assert page.one("input", id="text").attributes["value"] == "补贴"

    page = await visitor.send(links[0].attributes["href"], f"{KEEP}/drop")
    assert "视图已删除" in page.text
    assert not [link for link in page.all("a") if link.text == "快到期的 补贴"]


async def test_everybody_has_their_own_views(office: Office) -> None:
    await office.counter.views.keep(SavedView("wang", "甲", "band=soon"))
    page = await (await office.staff(Role.OFFICER)).get(PLACE)
    assert not [link for link in page.all("a") if link.text == "甲"]


async def test_a_name_that_is_none_is_refused_and_stays_in_the_form(office: Office) -> None:
    visitor = await office.staff(Role.OFFICER)
    for name in (" ", "长" * 21):
        page = await visitor.send(PLACE, KEEP, status=422, name=name)
        assert "最多 20 个字" in page.text
        assert page.one("input", id="name").attributes["value"] == name
    assert await office.counter.views.of("li") == ()


async def test_only_so_many_views_are_kept(office: Office) -> None:
    visitor = await office.staff(Role.OFFICER)
    for number in range(20):
        await visitor.send(PLACE, KEEP, name=f"视图{number}")
    assert "最多保存 20 个视图" in (await visitor.send(PLACE, KEEP, status=422, name="又一个")).text
    await visitor.send(f"{PLACE}?band=last", KEEP, name="视图3")
    assert len(await office.counter.views.of("li")) == 20
