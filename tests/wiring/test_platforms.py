import aiohttp

from bot.channels.kf.channel import KfChannel
from bot.channels.wechat.channel import WeChatChannel
from bot.channels.wecom.channel import WeComChannel
from bot.channels.weibo.channel import WeiboChannel
from config.channels import Channels
from wiring.platforms import build_platforms

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SEALED = {"token": "token123", "aes_key": KEY}
CORPORATE = {"corp_id": "ww1", "secret": "s", **SEALED}
ACCOUNTS = {
    "wechat": [{"name": "main", "app_id": "wx1", **SEALED}],
    "wecom": [{"name": "hall", "agent_id": 1, **CORPORATE}, {"name": "mute", "agent_id": 2, **CORPORATE, "secret": ""}],
    "kf": [{"name": "desk", **CORPORATE}],
    "weibo": [{"name": "news", "app_key": "1", "app_secret": "secret1"}],
}


async def test_each_account_in_the_settings_is_a_channel_that_pushes_where_it_has_its_secret() -> None:
    async with aiohttp.ClientSession() as session:
        built = list(build_platforms(Channels.model_validate(ACCOUNTS), session, welcome="您好"))

    assert [(type(each), each.name, each.can_push) for each in built] == [
        (WeChatChannel, "wechat/main", False),
        (WeComChannel, "wecom/hall", True),
        (WeComChannel, "wecom/mute", False),
        (KfChannel, "kf/desk", True),
        (WeiboChannel, "weibo/news", False),
    ]
