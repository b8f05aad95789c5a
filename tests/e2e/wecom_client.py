"""企业微信's side of a callback: always encrypted, for the enterprise, the echo too."""

from collections.abc import Callable, Mapping

from tests.e2e.wechat_client import NO_TWIN, Delivery, WeChatWriter


class WeComWriter(WeChatWriter):
    """Writes the requests to one application as the platform does, and reads the replies."""

    def __init__(self, *, corp_id: str, agent_id: int, token: str, aes_key: str, clock: Callable[[], float]) -> None:
        super().__init__(app_id=corp_id, token=token, aes_key=aes_key, mode="safe", clock=clock)
        self._agent_id = agent_id
        self._corp_id = corp_id

    def fields(self, openid: str, fields: Mapping[str, str | int]) -> Mapping[str, str | int]:
        """Return the fields of a member's message with those that every message has."""
        return {
            "ToUserName": self._corp_id,
            "FromUserName": openid,
            "CreateTime": int(self._clock()),
            "AgentID": self._agent_id,
            **fields,
        }

    def carry(self, content: bytes, *, openid: str = "", twin: Mapping[str, str | int] = NO_TWIN) -> Delivery:
        """Return the request that brings these bytes as its message."""
        del openid, twin
        sealed = self._encrypt(content)
        outer: dict[str, str | int] = {"ToUserName": self._corp_id, "AgentID": self._agent_id, "Encrypt": sealed}
        return Delivery(self._query(sealed), self._write(outer))

    def verification(self, echo: str) -> Mapping[str, str]:
        """Return the query by which the console verifies the address."""
        sealed = self._encrypt(echo.encode())
        return self._query(sealed) | {"echostr": sealed}

    def _query(self, sealed: str) -> dict[str, str]:
        stamp = self._plain_query()
        signature = self._sign(stamp["timestamp"], stamp["nonce"], sealed)
        return {"msg_signature": signature, "timestamp": stamp["timestamp"], "nonce": stamp["nonce"]}
