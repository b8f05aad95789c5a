"""The accounts of the platforms as channels, built from the settings."""

from collections.abc import Iterator

import aiohttp
from pydantic import SecretStr

from bot.channels.kf.api import KfApi
from bot.channels.kf.channel import KfChannel
from bot.channels.wechat.account import Account, Mode
from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.calls import Calls
from bot.channels.wechat.channel import WeChatChannel
from bot.channels.wechat.notice import Notice
from bot.channels.wecom.api import WeComApi, corporate_calls
from bot.channels.wecom.application import Application
from bot.channels.wecom.channel import WeComChannel
from bot.channels.weibo.api import WeiboApi
from bot.channels.weibo.channel import WeiboChannel
from bot.fetching import Fetcher
from bot.ports import Channel, SharedTokens
from bot.runtime import Bot
from config.channels import Channels, Kf, WeChat, WeCom, Weibo
from config.channels import Notice as NoticeSettings
from wiring.parts import Parts, utc_now


def build_platforms(
    channels: Channels, session: aiohttp.ClientSession, *, welcome: str, tokens: SharedTokens | None = None
) -> Iterator[Channel]:
    """Yield the channel of every account in the settings; `welcome` is said where no words of its own are set.

    `tokens` are where processes share what the platforms give them to call with.
    """
    for account in channels.wechat:
        yield build_wechat(account, session, tokens)
    for application in channels.wecom:
        yield build_wecom(application, session, tokens)
    for service in channels.kf:
        yield build_kf(service, session, tokens, welcome=service.greeting or welcome)
    for follower_service in channels.weibo:
        yield build_weibo(follower_service, session)


def wechat_api(account: WeChat, session: aiohttp.ClientSession, tokens: SharedTokens | None = None) -> WeChatApi:
    """Return the API client of one 公众号."""
    return WeChatApi(
        session,
        app_id=account.app_id,
        secret=account.secret.get_secret_value(),
        now=utc_now,
        api_base=account.api_base,
        spare=account.spare_api_base,
        tokens=tokens,
    )


def build_wechat(account: WeChat, session: aiohttp.ClientSession, tokens: SharedTokens | None) -> WeChatChannel:
    """Return the channel of one 公众号; without its secret it can only reply."""
    return WeChatChannel(
        Account(
            name=f"wechat/{account.name}",
            app_id=account.app_id,
            token=account.token.get_secret_value(),
            aes_keys=_keys(account.aes_key, account.previous_aes_key),
            mode=Mode(account.mode),
            verified=account.verified,
        ),
        now=utc_now,
        api=wechat_api(account, session, tokens) if account.secret.get_secret_value() else None,
        menu_links=account.menu_links,
        notice=_notice(account.notice) if account.notice.template else None,
    )


def _notice(notice: NoticeSettings) -> Notice:
    return Notice(notice.template, notice.fields, notice.url, notice.subscribed)


def build_wecom(application: WeCom, session: aiohttp.ClientSession, tokens: SharedTokens | None) -> WeComChannel:
    """Return the channel of one application of 企业微信; without its secret it can only reply."""
    secret = application.secret.get_secret_value()
    api = WeComApi(_calls(application, session, tokens), agent_id=application.agent_id) if secret else None
    return WeComChannel(_application("wecom", application), now=utc_now, api=api)


def build_kf(service: Kf, session: aiohttp.ClientSession, tokens: SharedTokens | None, *, welcome: str) -> KfChannel:
    """Return the channel of 微信客服 of one enterprise."""
    return KfChannel(_application("kf", service), KfApi(_calls(service, session, tokens)), welcome=welcome, now=utc_now)


def _application(platform: str, given: WeCom | Kf) -> Application:
    return Application(
        name=f"{platform}/{given.name}",
        corp_id=given.corp_id,
        token=given.token.get_secret_value(),
        aes_keys=_keys(given.aes_key, given.previous_aes_key),
    )


def _calls(given: WeCom | Kf, session: aiohttp.ClientSession, tokens: SharedTokens | None) -> Calls:
    secret = given.secret.get_secret_value()
    return corporate_calls(
        session, corp_id=given.corp_id, secret=secret, now=utc_now, api_base=given.api_base, tokens=tokens
    )


def build_fetcher(channel: KfChannel, bot: Bot, parts: Parts) -> Fetcher:
    """Return what fetches the messages of a channel and has the bot answer them."""
    return Fetcher(
        channel,
        take=lambda message: bot.take(channel, message),
        readings=parts.readings,
        outbox=parts.outbox,
        now=utc_now,
    )


def build_weibo(account: Weibo, session: aiohttp.ClientSession) -> WeiboChannel:
    """Return the channel of one account of 微博; without its token it can only reply."""
    token = account.access_token.get_secret_value()
    return WeiboChannel(
        f"weibo/{account.name}",
        app_key=account.app_key,
        app_secret=account.app_secret.get_secret_value(),
        now=utc_now,
        api=WeiboApi(session, token=token, now=utc_now, api_base=account.api_base) if token else None,
    )


def _keys(*keys: SecretStr) -> tuple[str, ...]:
    return tuple(key.get_secret_value() for key in keys if key.get_secret_value())
