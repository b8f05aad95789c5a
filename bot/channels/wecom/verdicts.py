"""The error codes of 企业微信 and 微信客服 (全局错误码), and what each means for a message on its way."""

from bot.channels.wechat.verdicts import Verdict, Verdicts

VERDICTS: Verdicts = {
    -1: Verdict.BUSY,
    40014: Verdict.RENEW,
    42001: Verdict.RENEW,
    # secret, enterprise, application, right to call, address of this machine (可信IP)
    **dict.fromkeys((40001, 40013, 40056, 41004, 48002, 60020, 301002), Verdict.RECONFIGURE),
    # unknown member, or one who may not see the application
    **dict.fromkeys((40003, 60111, 81013, 82001), Verdict.DROP),
    45002: Verdict.TOO_LONG,
    **dict.fromkeys((45009, 45033), Verdict.SLOW_DOWN),
    # 微信客服: five messages used up, 48 hours over, conversation ended or in other hands
    **dict.fromkeys((95001, 95002, 95013, 95016, 95018), Verdict.HOLD),
}
