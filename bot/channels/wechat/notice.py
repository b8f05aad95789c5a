"""The notice that there is news of a case (模板消息, 订阅通知): all that may be sent after 48 hours of silence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.channels.wechat.verdicts import BEIJING

PLACES = ("reference", "day")
"""What may stand in braces in a field: the number of the case, and today."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A template of the account, and what its fields say; `subscribed` ones reach only who agreed to them before.

    `url` is opened by a tap, or empty.
    """

    template: str
    fields: Mapping[str, str]
    url: str = ""
    subscribed: bool = False

    @property
    def path(self) -> str:
        """The call that sends it."""
        return "/cgi-bin/message/subscribe/bizsend" if self.subscribed else "/cgi-bin/message/template/send"

    def content(self, openid: str, reference: str, *, now: datetime) -> dict[str, Any]:
        """Return the body of the call."""
        day = now.astimezone(BEIJING).strftime("%Y-%m-%d")
        data = {name: {"value": text.format(reference=reference, day=day)} for name, text in self.fields.items()}
        content: dict[str, Any] = {"touser": openid, "template_id": self.template, "data": data}
        if self.url:
            content["page" if self.subscribed else "url"] = self.url
        return content
