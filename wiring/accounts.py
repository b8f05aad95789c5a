"""What an operator does with the platform accounts from the command line: push the menu, make QR codes."""

import argparse
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.channels.wechat.api import LONGEST_LIFE, LONGEST_SCENE, WeChatApi
from bot.channels.wechat.menu import Button, menu_content
from bot.errors import DeliveryFailed
from config.channels import MenuColumn, MenuEntry, WeChat
from config.loading import Loaded, SettingsError
from wiring.platforms import wechat_api

FAILED = 1
_PICTURE = "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket="


def add_accounts(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401  argparse's class is private
    """Add `menu` and `qrcode` to the command line."""
    which = argparse.ArgumentParser(add_help=False)
    which.add_argument("--account", default="", metavar="名称", help="公众号的 name；只有一个公众号时可不填")
    text = "把设置中的自定义菜单推送到公众号"
    menu = commands.add_parser("menu", help=text, description=text, parents=[shared, which])
    menu.set_defaults(run=_menu)
    menu.add_argument("action", choices=["push"], help="推送，替换现有菜单；群众的手机上几分钟后显示")
    menu.add_argument("--dry-run", action="store_true", help="只显示将要推送的内容")
    text = "生成公众号的带参数二维码：扫码关注后直接答复这一事项"
    code = commands.add_parser("qrcode", help=text, description=text, parents=[shared, which])
    code.set_defaults(run=_qrcode)
    code.add_argument("scene", metavar="事项", help="如“高龄津贴”，不超过 64 个字符")
    code.add_argument("--days", type=int, help="有效天数，至多 30；不填则永久有效")


async def _menu(loaded: Loaded, options: argparse.Namespace) -> int:
    account = chosen(loaded, options.account)
    buttons = tuple(map(_button, account.menu))
    if not buttons:
        raise SettingsError(f"公众号“{account.name}”没有设置菜单（channels.wechat.N.menu）")
    if options.dry_run:
        print(json.dumps(menu_content(buttons), ensure_ascii=False, indent=2))  # noqa: T201  a command prints
        return 0

    async def push(api: WeChatApi) -> str:
        await api.put_menu(buttons)
        return f"已推送公众号“{account.name}”的菜单。"

    return await _asked(account, push)


async def _qrcode(loaded: Loaded, options: argparse.Namespace) -> int:
    account = chosen(loaded, options.account)
    life = timedelta(days=options.days) if options.days is not None else None
    if not 1 <= len(options.scene) <= LONGEST_SCENE:
        raise SettingsError(f"事项应为 1 到 {LONGEST_SCENE} 个字符")
    if life is not None and not timedelta() < life <= LONGEST_LIFE:
        raise SettingsError(f"有效天数应为 1 到 {LONGEST_LIFE.days}")

    async def make(api: WeChatApi) -> str:
        code = await api.scene_code(options.scene, life=life)
        return f"二维码内容：{code.content}\n图片：{_PICTURE}{quote(code.ticket, safe='')}"

    return await _asked(account, make)


def chosen(loaded: Loaded, name: str) -> WeChat:
    """Return the account of this name, or the only one; raise SettingsError."""
    accounts = loaded.settings.channels.wechat
    found = [account for account in accounts if name in {"", account.name}]
    if len(found) == 1:
        return found[0]
    names = "、".join(account.name for account in accounts)
    raise SettingsError(f"请用 --account 指定公众号：{names}" if names else "没有设置公众号（channels.wechat）")


async def _asked(account: WeChat, ask: Callable[[WeChatApi], Awaitable[str]]) -> int:
    if not account.secret.get_secret_value():
        raise SettingsError(f"公众号“{account.name}”没有填写 secret（AppSecret），不能调用接口")
    async with aiohttp.ClientSession() as session:
        try:
            print(await ask(wechat_api(account, session)))  # noqa: T201  a command prints
        except DeliveryFailed as error:
            print(f"错误：{error.reason}", file=sys.stderr)  # noqa: T201  a command prints
            return FAILED
    return 0


def _button(entry: MenuEntry) -> Button:
    below = tuple(map(_button, entry.buttons)) if isinstance(entry, MenuColumn) else ()
    return Button(name=entry.name, say=entry.say, url=entry.url, app_id=entry.app_id, page=entry.page, buttons=below)
