"""微博 粉丝服务's side of a callback: signed in the query, the body open, JSON or XML."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from tests.e2e.wechat_client import Delivery

ACCOUNT = 1902538057


class WeiboWriter:
    """Writes the requests of one account as the platform does, and reads the replies."""

    def __init__(self, *, app_secret: str, data_format: str, clock: Callable[[], float]) -> None:
        self._secret = app_secret
        self._data_format = data_format
        self._clock = clock

    def deliver(self, follower: int, text: str) -> Delivery:
        """Return the request that brings a text."""
        if self._data_format == "json":
            return self.request({"type": "text", "sender_id": follower, "text": text, "data": {}})
        body = (
            f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{follower}]]></FromUserName>"
            f"<CreateTime>{int(self._clock())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            f"<Content><![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]></Content></xml>"
        )
        return Delivery(self.query(), body.encode())

    def event(self, follower: int, subtype: str, *, key: str = "") -> Delivery:
        """Return the request that brings an event (JSON)."""
        data = {"subtype": subtype} | ({"key": key} if key else {})
        return self.request({"type": "event", "sender_id": follower, "text": "事件消息", "data": data})

    def request(self, content: Mapping[str, Any]) -> Delivery:
        """Return the request that brings a JSON object."""
        created = datetime.fromtimestamp(self._clock(), UTC).strftime("%a %b %d %H:%M:%S %z %Y")
        whole = {"receiver_id": ACCOUNT, "created_at": created, **content}
        return Delivery(self.query(), json.dumps(whole, ensure_ascii=False).encode())

    def query(self, echo: str = "") -> dict[str, str]:
        """Return a signed query; the platform counts milliseconds."""
        timestamp, nonce = str(int(self._clock() * 1000)), str(secrets.randbelow(10**10))
        parts = "".join(sorted([self._secret, timestamp, nonce]))
        signature = hashlib.sha1(parts.encode(), usedforsecurity=False).hexdigest()
        return {"signature": signature, "timestamp": timestamp, "nonce": nonce} | ({"echostr": echo} if echo else {})

    def shown(self, body: bytes) -> str:
        """Return what the follower reads."""
        if not body:
            return ""
        if body.startswith(b"<"):
            root = ET.fromstring(body)  # noqa: S314  the body comes from the channel under test
            return root.findtext("Content", "")
        content = json.loads(body)
        assert content["result"] is True
        text: str = json.loads(unquote(content["data"]))["text"]
        return text
