import argparse
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.loading import Loaded, SettingsError, load
from tests.e2e.platform import Platform
from wiring.accounts import add_accounts

ACCOUNT = """
[[channels.wechat]]
name = "{name}"
app_id = "wx1"
token = "SecretToken"
mode = "plain"
secret = "s"
api_base = "{api}"
"""
MENU = """
[[channels.wechat.menu]]
name = "常见问题"
[[channels.wechat.menu.buttons]]
name = "低保怎么申请"
say = "低保怎么申请"
[[channels.wechat.menu]]
name = "县政府网"
url = "https://www.example.gov.cn"
"""


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with Platform(app_id="wx1", secret="s") as running:
        yield running


def settings(folder: Path, *accounts: str) -> Loaded:
    file = folder / "office.toml"
    file.write_text("".join(accounts), encoding="utf-8")
    return load(file)


async def command(loaded: Loaded, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_accounts(parser.add_subparsers(), argparse.ArgumentParser(add_help=False))
    options = parser.parse_args(arguments)
    status: int = await options.run(loaded, options)
    return status


async def test_the_menu_of_the_settings_is_pushed(
    tmp_path: Path, platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = settings(tmp_path, ACCOUNT.format(name="main", api=platform.url), MENU)

    assert await command(loaded, "menu", "push") == 0

    assert capsys.readouterr().out == "已推送公众号“main”的菜单。\n"
    assert [button["name"] for button in platform.menus[0]["button"]] == ["常见问题", "县政府网"]


async def test_a_dry_run_shows_the_menu_and_pushes_nothing(
    tmp_path: Path, platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = settings(tmp_path, ACCOUNT.format(name="main", api=platform.url), MENU)

    assert await command(loaded, "menu", "push", "--dry-run") == 0

    shown = json.loads(capsys.readouterr().out)
    assert shown["button"][0]["sub_button"] == [{"type": "click", "name": "低保怎么申请", "key": "低保怎么申请"}]
    assert platform.calls == {}


async def test_a_refused_menu_is_told(tmp_path: Path, platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    platform.script("menu", 40018)
    loaded = settings(tmp_path, ACCOUNT.format(name="main", api=platform.url), MENU)

    assert await command(loaded, "menu", "push") == 1
    assert capsys.readouterr().err == "错误：平台拒绝（40018）\n"


async def test_a_code_is_made_for_one_of_several_accounts(
    tmp_path: Path, platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = settings(tmp_path, *(ACCOUNT.format(name=name, api=platform.url) for name in ("main", "second")))

    with pytest.raises(SettingsError, match="main、second"):
        await command(loaded, "qrcode", "高龄津贴")
    assert await command(loaded, "qrcode", "高龄津贴", "--account", "second", "--days", "7") == 0

    assert "showqrcode?ticket=ticket%2F1%3D%3D" in capsys.readouterr().out
    assert platform.codes[0]["expire_seconds"] == 7 * 86400


@pytest.mark.parametrize(
    "arguments", [("qrcode", "长" * 65), ("qrcode", ""), ("qrcode", "x", "--days", "31"), ("menu", "push")]
)
async def test_what_the_platform_would_refuse_is_refused_before(
    tmp_path: Path, platform: Platform, arguments: tuple[str, ...]
) -> None:
    loaded = settings(tmp_path, ACCOUNT.format(name="main", api=platform.url))

    with pytest.raises(SettingsError):
        await command(loaded, *arguments)
    assert platform.calls == {}


@pytest.mark.parametrize(
    ("menu", "reason"),
    [
        ('name = "五个汉字呀"\nsay = "x"', "name 不能超过 4 个汉字"),
        ('name = "政策"', "只填一项"),
        ('name = "政策"\nsay = "x"\nurl = "https://x.cn"', "只填一项"),
        (f'name = "政策"\nsay = "{"低" * 43}"', "不能超过 128 字节"),
        ('name = "政策"\nurl = "x.cn"', "格式不对"),
        ('name = "政策"\napp_id = "wx2"\nurl = "https://x.cn"', "小程序须填写 page 和 url"),
        (
            'name = "政策"\n' + '[[channels.wechat.menu.buttons]]\nname = "甲"\nsay = "x"\n' * 6,
            "不能超过 5 项",
        ),
        (
            'name = "政策"\n[[channels.wechat.menu.buttons]]\nname = "九个汉字的名称太长"\nsay = "x"',
            "不能超过 8 个汉字",
        ),
    ],
)
def test_a_menu_that_the_platform_would_refuse_is_a_wrong_setting(tmp_path: Path, menu: str, reason: str) -> None:
    account = ACCOUNT.format(name="main", api="http://127.0.0.1:9")

    with pytest.raises(SettingsError, match=reason):
        settings(tmp_path, account, f"[[channels.wechat.menu]]\n{menu}\n")


def test_a_menu_has_three_columns(tmp_path: Path) -> None:
    account = ACCOUNT.format(name="main", api="http://127.0.0.1:9")

    with pytest.raises(SettingsError, match="不能超过 3 项"):
        settings(tmp_path, account, '[[channels.wechat.menu]]\nname = "甲"\nsay = "x"\n' * 4)


@pytest.mark.parametrize(
    "fields", ["{}", '{ thing1 = "{name}" }', '{ thing1 = "{0}" }', '{ thing1 = "{" }', '{ "{x}" = "{y}" }']
)
def test_a_notice_that_cannot_be_filled_in_is_a_wrong_setting(tmp_path: Path, fields: str) -> None:
    account = ACCOUNT.format(name="main", api="http://127.0.0.1:9")

    with pytest.raises(SettingsError, match="fields"):
        settings(tmp_path, account, f'[channels.wechat.notice]\ntemplate = "T1"\nfields = {fields}\n')
