"""One official account: who it is, how its messages are protected, what it may do."""

import re
from dataclasses import dataclass
from enum import StrEnum

_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")


class Mode(StrEnum):
    """消息加解密方式, as set in the platform's console (开发 > 基本配置)."""

    SAFE = "safe"
    """安全模式: only encrypted messages are accepted, whatever the query says."""
    COMPAT = "compat"
    """兼容模式: encrypted messages are read encrypted; plain ones are accepted."""
    PLAIN = "plain"
    """明文模式: the signature does not cover the body; prefer SAFE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An official account; raises ValueError with one plain line when a value cannot be right.

    `name` is the channel's full name ("wechat/main"). `aes_keys` holds the current EncodingAESKey and, for some days
    after a change, the previous one: the platform asks to keep it. `verified` (微信认证) is the right to push.
    """

    name: str
    app_id: str
    token: str
    aes_keys: tuple[str, ...] = ()
    mode: Mode = Mode.SAFE
    verified: bool = False

    def __post_init__(self) -> None:
        if not self.app_id:
            raise ValueError(f"{self.name}：缺少 app_id（开发者ID）")
        if not _TOKEN.fullmatch(self.token):
            raise ValueError(f"{self.name}：token 应为 3 至 32 个字母或数字")
        if self.mode is not Mode.PLAIN and not self.aes_keys:
            raise ValueError(f"{self.name}：安全模式和兼容模式需要 aes_key（EncodingAESKey）")
        if not all(map(_AES_KEY.fullmatch, self.aes_keys)):
            raise ValueError(f"{self.name}：aes_key（EncodingAESKey）应为 43 个字母或数字")
