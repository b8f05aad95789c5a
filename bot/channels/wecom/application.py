"""What 企业微信 sends to one address: whose it is, and how it is protected."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"[A-Za-z0-9]{1,32}")
_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application (自建应用) or 微信客服; raises ValueError with one plain line when a value cannot be right.

    `name` is the channel's full name ("wecom/main"); `aes_keys` are as in `Account` of the official account.
    """

    name: str
    corp_id: str
    token: str
    aes_keys: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.corp_id:
            raise ValueError(f"{self.name}：缺少 corp_id（企业ID）")
        if not _TOKEN.fullmatch(self.token):
            raise ValueError(f"{self.name}：token 应为 1 至 32 个字母或数字")
        if not self.aes_keys or not all(map(_AES_KEY.fullmatch, self.aes_keys)):
            raise ValueError(f"{self.name}：aes_key（EncodingAESKey）应为 43 个字母或数字")
