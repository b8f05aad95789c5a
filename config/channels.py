"""The settings of the channels besides the web page: 公众号, 企业微信, 微博."""

import re
import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator

from config.part import Part

_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")
_AES_KEY_HELP = "应为 43 位字母或数字（公众平台“消息加解密密钥”）"
_NAME = r"^[a-z0-9-]{1,32}$"
_LONGEST_KEY = 128
_ENTRIES, _COLUMN_WIDTH, _ENTRY_WIDTH = 5, 8, 16
"""What the platform takes: entries of a column; widths of names that its clients show whole, a Chinese character 2."""


def _is_token(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9]{3,32}", value.get_secret_value()):
        raise ValueError("应为 3 到 32 位字母或数字")
    return value


def _is_key(value: SecretStr) -> SecretStr:
    if not _AES_KEY.fullmatch(value.get_secret_value()):
        raise ValueError(_AES_KEY_HELP)
    return value


def _is_key_or_empty(value: SecretStr) -> SecretStr:
    return _is_key(value) if value.get_secret_value() else value


Token = Annotated[SecretStr, AfterValidator(_is_token)]
Key = Annotated[SecretStr, AfterValidator(_is_key)]
OptionalKey = Annotated[SecretStr, AfterValidator(_is_key_or_empty)]


class MenuEntry(Part):
    """What one tap in a menu does: say something, or open a page."""

    name: str = Field(min_length=1, description="显示的名称：一级不超过 4 个汉字，二级不超过 8 个汉字")
    say: str = Field("", description="点击等于发送的话，如“低保怎么申请”，不超过 128 字节")
    url: str = Field("", pattern=r"^$|^https?://", max_length=1024, description="点击打开的网址；小程序的备用网页")
    app_id: str = Field("", description="点击打开的小程序的 AppID，须与公众号关联")
    page: str = Field("", description="小程序的页面路径")

    @field_validator("say")
    @classmethod
    def _short(cls, value: str) -> str:
        if len(value.encode()) > _LONGEST_KEY:
            raise ValueError("不能超过 128 字节（约 42 个汉字）")
        return value

    @model_validator(mode="after")
    def _one_thing(self) -> "MenuEntry":
        if self.app_id and not (self.page and self.url):
            raise ValueError("小程序须填写 page 和 url")
        if self._deeds != 1:
            raise ValueError("say、url（或小程序）只填一项")
        if _width(self.name) > self._widest:
            raise ValueError(f"name 不能超过 {self._widest // 2} 个汉字")
        return self

    @property
    def _deeds(self) -> int:
        return bool(self.say) + bool(self.url)

    @property
    def _widest(self) -> int:
        return _ENTRY_WIDTH


class MenuColumn(MenuEntry):
    """One of the three places at the bottom of the chat: does one thing, or opens up to five entries."""

    buttons: tuple[MenuEntry, ...] = Field((), max_length=_ENTRIES, description="二级菜单，至多 5 项")

    @property
    def _deeds(self) -> int:
        return bool(self.say) + bool(self.url) + bool(self.buttons)

    @property
    def _widest(self) -> int:
        return _COLUMN_WIDTH


def _width(name: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in name)


class Notice(Part):
    """What a follower is sent who was silent for 48 hours, when there is news of a case."""

    template: str = Field("", description="通知的模板 ID；不填则不发，答复在下次留言时送达")
    subscribed: bool = Field(default=False, description="订阅通知为 true，模板消息为 false")
    fields: dict[str, str] = Field(
        {}, description='模板的各字段，如 { thing1 = "咨询已答复", time2 = "{day}" }；可用 {reference} 编号、{day} 日期'
    )
    url: str = Field("", description="点击打开的网址，如查询页面；可不填")

    @model_validator(mode="after")
    def _usable(self) -> "Notice":
        if self.template and not self.fields:
            raise ValueError("填写了 template，还须填写 fields")
        for name, text in self.fields.items():
            try:
                text.format(reference="", day="")
            except (KeyError, IndexError, ValueError):
                raise ValueError(f"fields 的 {name}：大括号里只能写 reference 或 day") from None
        return self


class WeChat(Part):
    """One WeChat Official Account."""

    name: str = Field(pattern=_NAME, description="名称，也是回调地址的最后一段：main 的地址是 /channels/wechat/main")
    app_id: str = Field(min_length=1, description="AppID")
    token: Token = Field(description="令牌（Token），3 到 32 位字母或数字")
    aes_key: OptionalKey = Field(SecretStr(""), description="消息加解密密钥（EncodingAESKey）；明文模式可不填")
    previous_aes_key: OptionalKey = Field(SecretStr(""), description="上一个消息加解密密钥，更换密钥期间填写")
    mode: Literal["safe", "compat", "plain"] = Field(
        "safe", description="安全模式 safe、兼容模式 compat、明文模式 plain"
    )
    secret: SecretStr = Field(SecretStr(""), description="AppSecret；不填则不能主动推送")
    verified: bool = Field(default=False, description="账号是否已认证；未认证的不能主动推送，答复在下次留言时送达")
    greeting: str = Field("", description="新关注时的欢迎语；不填用默认的")
    menu_links: bool = Field(
        default=True, description="把选项做成点一下就回复的链接；不支持的客户端显示为文字，仍可回复数字"
    )
    notice: Notice = Notice()
    menu: tuple[MenuColumn, ...] = Field((), max_length=3, description="自定义菜单，至多 3 列；用 menu push 推送")
    api_base: str = Field("https://api.weixin.qq.com", pattern=r"^https?://", description="公众平台接口地址")
    spare_api_base: str = Field(
        "", pattern=r"^$|^https?://", description="接口地址连不上时改用的地址，如 https://api2.weixin.qq.com"
    )

    @model_validator(mode="after")
    def _needed(self) -> "WeChat":
        if self.mode != "plain" and not self.aes_key.get_secret_value():
            raise ValueError(f"{self.mode} 模式须填写 aes_key，{_AES_KEY_HELP}")
        if self.verified and not self.secret.get_secret_value():
            raise ValueError("verified = true 须填写 secret（AppSecret）")
        return self


class WeCom(Part):
    """One application of 企业微信, for the office's own people."""

    name: str = Field(pattern=_NAME, description="名称，也是回调地址的最后一段：main 的地址是 /channels/wecom/main")
    corp_id: str = Field(min_length=1, description="企业ID")
    agent_id: int = Field(description="应用的 AgentId")
    token: Token = Field(description="“接收消息”的 Token")
    aes_key: Key = Field(description="“接收消息”的 EncodingAESKey")
    previous_aes_key: OptionalKey = Field(SecretStr(""), description="上一个 EncodingAESKey，更换期间填写")
    secret: SecretStr = Field(SecretStr(""), description="应用的 Secret；不填则不能主动推送")
    api_base: str = Field("https://qyapi.weixin.qq.com", pattern=r"^https?://", description="企业微信接口地址")


class Kf(Part):
    """微信客服 of one enterprise, for everybody who uses WeChat."""

    name: str = Field(pattern=_NAME, description="名称，也是回调地址的最后一段：main 的地址是 /channels/kf/main")
    corp_id: str = Field(min_length=1, description="企业ID")
    secret: SecretStr = Field(min_length=1, description="微信客服（或可调用接口的应用）的 Secret")
    token: Token = Field(description="回调的 Token")
    aes_key: Key = Field(description="回调的 EncodingAESKey")
    previous_aes_key: OptionalKey = Field(SecretStr(""), description="上一个 EncodingAESKey，更换期间填写")
    greeting: str = Field("", description="进入会话时的欢迎语；不填用默认的")
    api_base: str = Field("https://qyapi.weixin.qq.com", pattern=r"^https?://", description="企业微信接口地址")


class Weibo(Part):
    """One account of 微博 粉丝服务平台."""

    name: str = Field(pattern=_NAME, description="名称，也是回调地址的最后一段：main 的地址是 /channels/weibo/main")
    app_key: str = Field(min_length=1, description="App Key")
    app_secret: Token = Field(description="App Secret，用来核对消息的签名")
    access_token: SecretStr = Field(SecretStr(""), description="粉丝服务平台的 access_token；不填则不能主动推送")
    api_base: str = Field("https://m.api.weibo.com", pattern=r"^https?://", description="微博接口地址")


class Channels(Part):
    """The channels besides the web page."""

    wechat: tuple[WeChat, ...] = Field((), description="公众号，可有多个")
    wecom: tuple[WeCom, ...] = Field((), description="企业微信应用，可有多个")
    kf: tuple[Kf, ...] = Field((), description="微信客服，可有多个")
    weibo: tuple[Weibo, ...] = Field((), description="微博账号，可有多个")

    @field_validator("wechat", "wecom", "kf", "weibo")
    @classmethod
    def _distinct(cls, value: "tuple[WeChat | WeCom | Kf | Weibo, ...]") -> "tuple[WeChat | WeCom | Kf | Weibo, ...]":
        if len({account.name for account in value}) != len(value):
            raise ValueError("name 不能重复")
        return value
