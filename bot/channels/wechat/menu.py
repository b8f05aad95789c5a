"""The menu at the bottom of an account's chat (自定义菜单), as the platform takes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One place of a menu: it says `say`, opens `url`, opens `page` of a mini program, or opens its `buttons`."""

    name: str
    say: str = ""
    url: str = ""
    app_id: str = ""
    page: str = ""
    buttons: tuple["Button", ...] = ()

    def content(self) -> dict[str, Any]:
        """Return the button as in the body of menu/create; what a button says is its key."""
        if self.buttons:
            return {"name": self.name, "sub_button": [button.content() for button in self.buttons]}
        if self.app_id:
            return {
                "type": "miniprogram",
                "name": self.name,
                "url": self.url,
                "appid": self.app_id,
                "pagepath": self.page,
            }
        if self.url:
            return {"type": "view", "name": self.name, "url": self.url}
        return {"type": "click", "name": self.name, "key": self.say}


def menu_content(buttons: Sequence[Button]) -> dict[str, Any]:
    """Return the body of menu/create (https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu)."""
    return {"button": [button.content() for button in buttons]}
