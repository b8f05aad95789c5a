"""The platform's side of a callback, written without the code under test: signs, encrypts, posts, decrypts."""

import asyncio
import base64
import hashlib
import itertools
import json
import secrets
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from xml.etree import ElementTree as ET

import aiohttp
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

ACCOUNT = "gh_0123456789ab"
NO_TWIN: Mapping[str, str | int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request of the platform; posting it again is a redelivery."""

    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered. `text` is the Content of the decrypted reply, empty when nothing is shown."""

    status: int
    body: bytes
    content_type: str
    text: str = ""
    fields: Mapping[str, str] | None = None


class WeChatWriter:
    """Writes the requests of one account as the platform does, and reads the replies."""

    def __init__(
        self,
        *,
        app_id: str,
        token: str,
        aes_key: str = "",
        mode: str = "safe",
        data_format: str = "xml",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app_id = app_id
        self._token = token
        self._key = base64.b64decode(aes_key + "=") if aes_key else b""
        self._mode = mode
        self._data_format = data_format
        self._clock = clock
        self._ids = itertools.count(int(time.time()) * 1_000_000_000)

    def deliver(self, openid: str, text: str, *, msg_id: str = "") -> Delivery:
        """Return the request that brings a text."""
        fields: dict[str, str | int] = {"MsgType": "text", "Content": text, "MsgId": int(msg_id or next(self._ids))}
        return self.request(openid, fields)

    def event(self, openid: str, event: str, *, key: str = "") -> Delivery:
        """Return the request that brings an event."""
        fields: dict[str, str | int] = {"MsgType": "event", "Event": event}
        return self.request(openid, fields | ({"EventKey": key} if key else {}))

    def request(self, openid: str, fields: Mapping[str, str | int]) -> Delivery:
        """Return the request that brings these fields, in the account's mode and format."""
        plain = self.fields(openid, fields)
        twin = plain if self._mode == "compat" else {"ToUserName": ACCOUNT}
        return self.carry(self._write(plain), openid=openid, twin=twin)

    def content(self, openid: str, fields: Mapping[str, str | int]) -> bytes:
        """Return a message before it is signed and encrypted."""
        return self._write(self.fields(openid, fields))

    def fields(self, openid: str, fields: Mapping[str, str | int]) -> Mapping[str, str | int]:
        """Return the fields of a message with those that every message has."""
        created = int(self._clock())
        return {"ToUserName": ACCOUNT, "FromUserName": openid, "CreateTime": created, **fields}

    def carry(
        self, content: bytes, *, openid: str = "", twin: Mapping[str, str | int] = MappingProxyType({})
    ) -> Delivery:
        """Return the request that brings these bytes as its message, signed and encrypted as the mode demands."""
        query = self._plain_query() | {"openid": openid}
        if self._mode == "plain":
            return Delivery(query, content)
        encrypted = self._encrypt(content)
        query |= {
            "encrypt_type": "aes",
            "msg_signature": self._sign(query["timestamp"], query["nonce"], encrypted),
        }
        return Delivery(query, self._write(dict(twin) | {"Encrypt": encrypted}))

    def opened(self, body: bytes) -> Mapping[str, str]:
        """Return the fields of a reply; an encrypted one must be signed and meant for this account."""
        fields = self._read(body)
        if self._mode == "plain":
            return fields
        sealed = fields["Encrypt"]
        assert fields["MsgSignature"] == self._sign(str(fields["TimeStamp"]), fields["Nonce"], sealed)
        return self._read(self._decrypt(sealed))

    def _plain_query(self) -> dict[str, str]:
        timestamp, nonce = str(int(self._clock())), str(secrets.randbelow(10**10))
        return {"signature": self._sign(timestamp, nonce), "timestamp": timestamp, "nonce": nonce}

    def _sign(self, *parts: str) -> str:
        return hashlib.sha1("".join(sorted([self._token, *parts])).encode(), usedforsecurity=False).hexdigest()

    def _encrypt(self, text: bytes) -> str:
        padder = padding.PKCS7(256).padder()
        content = secrets.token_bytes(16) + struct.pack(">I", len(text)) + text + self._app_id.encode()
        encryptor = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).encryptor()
        return base64.b64encode(encryptor.update(padder.update(content) + padder.finalize())).decode()

    def _decrypt(self, sealed: str) -> bytes:
        decryptor = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).decryptor()
        unpadder = padding.PKCS7(256).unpadder()
        content = unpadder.update(decryptor.update(base64.b64decode(sealed))) + unpadder.finalize()
        (length,) = struct.unpack(">I", content[16:20])
        assert content[20 + length :] == self._app_id.encode()
        return content[20 : 20 + length]

    def _write(self, fields: Mapping[str, str | int]) -> bytes:
        if self._data_format == "json":
            return json.dumps(fields, ensure_ascii=False).encode()
        elements = (
            f"<{name}>{value}</{name}>" if isinstance(value, int) else f"<{name}><![CDATA[{_cdata(value)}]]></{name}>"
            for name, value in fields.items()
        )
        return ("<xml>" + "\n".join(elements) + "</xml>").encode()

    def _read(self, body: bytes) -> Mapping[str, str]:
        if self._data_format == "json":
            content: dict[str, str] = json.loads(body)
            return content
        root = ET.fromstring(body)  # noqa: S314  the body comes from the server under test
        assert root.tag == "xml"
        return {element.tag: element.text or "" for element in root}


class WeChatClient(WeChatWriter):
    """Sends citizens' messages to one account's callback address as the platform does; see WeChatWriter."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        *,
        app_id: str,
        token: str,
        aes_key: str = "",
        mode: str = "safe",
        data_format: str = "xml",
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(app_id=app_id, token=token, aes_key=aes_key, mode=mode, data_format=data_format, clock=clock)
        self._session = session
        self._url = url

    async def verify(self, echostr: str = "4375120948345356249") -> Answer:
        """Verify the address as the platform's console does."""
        query = self._plain_query() | {"echostr": echostr}
        async with self._session.get(self._url, params=query) as response:
            return Answer(response.status, await response.read(), response.content_type)

    async def say(self, openid: str, text: str, *, msg_id: str = "", timeout: float = 5.0) -> Answer:  # noqa: ASYNC109
        """Send a text of a citizen and return what they see."""
        return await self.post(self.deliver(openid, text, msg_id=msg_id), timeout=timeout)

    async def happen(self, openid: str, event: str, *, key: str = "") -> Answer:
        """Send an event (subscribe, CLICK, …) and return what the citizen sees."""
        return await self.post(self.event(openid, event, key=key))

    async def post(self, delivery: Delivery, *, timeout: float = 5.0) -> Answer:  # noqa: ASYNC109
        """Post a request, cut the connection after `timeout` seconds as the platform does (TimeoutError)."""
        async with (
            asyncio.timeout(timeout),
            self._session.post(self._url, params=delivery.query, data=delivery.body) as response,
        ):
            body = await response.read()
            if response.status != 200 or body in {b"", b"success"}:
                return Answer(response.status, body, response.content_type)
            fields = self.opened(body)
            return Answer(response.status, body, response.content_type, str(fields.get("Content", "")), fields)


def _cdata(text: str) -> str:
    return text.replace("]]>", "]]]]><![CDATA[>")
