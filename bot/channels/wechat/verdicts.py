"""The platform's error codes (全局返回码) and what each means for a message on its way."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta, timezone
from enum import Enum, auto

from wechatpy.constants import WeChatErrorCode as Code

from bot.errors import DeliveryFailed, Unreachable, WindowClosed

BEIJING = timezone(timedelta(hours=8), "CST")
"""Daily quotas start anew at midnight in Beijing."""


class Verdict(Enum):
    """What a refusal calls for."""

    RENEW = auto()
    """The access token is stale."""
    BUSY = auto()
    """The platform did nothing and asks for patience."""
    RECONFIGURE = auto()
    """An operator has to act: secret, address list, frozen account."""
    CLOSED = auto()
    """The user was silent for 48 hours: only a notice may go."""
    HOLD = auto()
    """The user cannot be pushed to until they write again."""
    DROP = auto()
    """The user cannot be reached on this channel, now or later."""
    TOO_LONG = auto()
    SLOW_DOWN = auto()
    TOMORROW = auto()


class TooLong(DeliveryFailed):
    """The text is to be sent in smaller pieces."""


Verdicts = Mapping[int, Verdict]

VERDICTS: Verdicts = {
    Code.SYSTEM_BUSY: Verdict.BUSY,
    Code.INVALID_CREDENTIAL: Verdict.RENEW,
    Code.INVALID_CREDENTIAL_TYPE: Verdict.RENEW,
    Code.INVALID_ACCESS_TOKEN: Verdict.RENEW,
    Code.EXPIRED_ACCESS_TOKEN: Verdict.RENEW,
    Code.INVALID_OPENID: Verdict.DROP,
    Code.REQUIRE_SUBSCRIBE: Verdict.DROP,
    Code.USER_REFUSE_TO_ACCEPT_THE_MESSAGE: Verdict.DROP,
    Code.USER_BLOCK_MESSAGE: Verdict.DROP,
    # 未成年人保护
    70000: Verdict.DROP,
    Code.INVALID_APP_ID: Verdict.RECONFIGURE,
    Code.INVALID_APP_SECRET: Verdict.RECONFIGURE,
    Code.MISSING_APP_SECRET: Verdict.RECONFIGURE,
    # this machine's address is not on the account's list (IP 白名单), or waits for the administrator's consent
    40164: Verdict.RECONFIGURE,
    61004: Verdict.RECONFIGURE,
    **dict.fromkeys(range(89501, 89508), Verdict.RECONFIGURE),
    # secret or account frozen
    40243: Verdict.RECONFIGURE,
    50007: Verdict.RECONFIGURE,
    Code.OUT_OF_CONTENT_SIZE_LIMIT: Verdict.TOO_LONG,
    Code.OUT_OF_API_FREQ_LIMIT: Verdict.TOMORROW,
    Code.API_MINUTE_QUOTA_REACH_LIMIT: Verdict.SLOW_DOWN,
    Code.OUT_OF_RESPONSE_TIME_LIMIT: Verdict.CLOSED,
    Code.OUT_OF_RESPONSE_COUNT_LIMIT: Verdict.HOLD,
    # the account has no right to push
    Code.UNAUTHORIZED_API: Verdict.HOLD,
    40200: Verdict.HOLD,
}
_REASONS = {
    Verdict.RENEW: "接口凭证失效",
    Verdict.BUSY: "平台繁忙",
    Verdict.RECONFIGURE: "接口配置有误，请管理员检查",
    Verdict.CLOSED: "超过 48 小时没有互动，待用户下次留言时送达",
    Verdict.HOLD: "暂时不能主动发送，待用户下次留言时送达",
    Verdict.DROP: "用户已取消关注或拒收",
    Verdict.TOO_LONG: "内容过长",
    Verdict.SLOW_DOWN: "发送过于频繁",
    Verdict.TOMORROW: "今日发送次数已用完",
}
_WAITS = {
    Verdict.RENEW: timedelta(minutes=1),
    Verdict.BUSY: timedelta(seconds=30),
    Verdict.RECONFIGURE: timedelta(minutes=10),
    Verdict.SLOW_DOWN: timedelta(minutes=1),
}
_UNKNOWN_WAIT = timedelta(minutes=10)


def refusal(code: int, verdict: Verdict | None, *, now: datetime) -> DeliveryFailed:
    """Return the error that a refused message ends with; its reason is meant for staff."""
    if verdict is None:
        return DeliveryFailed(f"平台拒绝（{code}）", retry_after=_UNKNOWN_WAIT)
    reason = f"{_REASONS[verdict]}（{code}）"
    if verdict is Verdict.CLOSED:
        return WindowClosed(reason)
    if verdict is Verdict.HOLD:
        return Unreachable(reason)
    if verdict is Verdict.TOO_LONG:
        return TooLong(reason)
    if verdict is Verdict.TOMORROW:
        return DeliveryFailed(reason, retry_after=_midnight_after(now) - now)
    return DeliveryFailed(reason, retry_after=_WAITS.get(verdict))


def _midnight_after(now: datetime) -> datetime:
    tomorrow = now.astimezone(BEIJING).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), BEIJING)
