import pytest

from console.ports import Role
from tests.console.conftest import Office, Visitor
from tests.console.markup import Element

PLACE = "/console/settings"
NOTICE = "在线问答检修，请明天再来。"


async def turn(
    visitor: Visitor, given: dict[str, str] | None = None, /, *, status: int = 200, **fields: str
) -> Element:
    token = (await visitor.get(PLACE)).one("form", action="/console/logout").one("input").attributes["value"]
    sent = {"channel": "wechat/main", "turn": "off", "reason": "答复有误", "notice": NOTICE} | fields | (given or {})
    return await visitor.post(f"{PLACE}/switch", {**sent, "csrf": token}, status=status)


async def test_an_administrator_takes_a_channel_out_of_service_and_back(office: Office) -> None:
    administrator = await office.staff(Role.ADMINISTRATOR, "chen")
    page = await turn(administrator)

    assert "已停用，5 秒内所有进程都只回复这段告知" in page.text
    assert "chen于 2026-03-02 09:00 停用，理由：答复有误" in page.text
    off = office.switchboard.off("wechat/main")
    assert off is not None
    assert (off.notice, off.by) == (NOTICE, "chen")
    assert office.switchboard.off("web") is None

    page = await turn(administrator, turn="on", reason="已改正", notice="")
    assert office.switchboard.off("wechat/main") is None
    assert [cell.text for cell in page.all("td", **{"data-label": "理由"})] == ["已改正", "答复有误"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": " "}, "请写明理由"),
        ({"notice": ""}, "公众会看到的告知"),
        ({"reason": "长" * 201}, "理由最多 200 字"),
    ],
)
async def test_a_switch_without_its_words_is_refused_and_what_was_written_stays(
    office: Office, fields: dict[str, str], said: str
) -> None:
    page = await turn(await office.staff(Role.ADMINISTRATOR, "chen"), fields, status=422)

    assert said in page.one("p", id="message").text
    assert office.switchboard.off("wechat/main") is None
    if "notice" not in fields:
        assert NOTICE in [area.text.strip() for area in page.all("textarea")]


async def test_a_channel_that_is_off_already_is_not_switched_twice(office: Office) -> None:
    administrator = await office.staff(Role.ADMINISTRATOR, "chen")
    await turn(administrator)
    await turn(administrator)
    assert len(await office.switchboard.switches.record()) == 1


async def test_a_channel_that_does_not_exist_is_not_found(office: Office) -> None:
    await turn(await office.staff(Role.ADMINISTRATOR, "chen"), status=404, channel="weibo")


async def test_the_settings_in_force_are_shown_with_their_source(office: Office) -> None:
    page = await (await office.staff(Role.ADMINISTRATOR, "chen")).get(PLACE)
    assert [cell.text for cell in page.all("td", **{"data-label": "来源"})] == ["默认值", "环境变量"]
    assert [code.text for code in page.all("code")] == ["office.name", "redis.url"]
