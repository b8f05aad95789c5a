"""One JSON call to the platform's API, and how sure it is that the call arrived."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp

PATIENCE = aiohttp.ClientTimeout(total=8, connect=3)


class NotSent(Exception):
    """The platform did not take the call: sending it again cannot double it."""


class NoAnswer(Exception):
    """The call left and no readable answer came: it may have had its effect."""


class Wire:
    """Posts JSON to the API under `base` ("https://api.weixin.qq.com") over a session that the caller closes."""

    def __init__(self, session: aiohttp.ClientSession, base: str, timeout: aiohttp.ClientTimeout) -> None:
        self._session = session
        self._base = base.rstrip("/")
        self._timeout = timeout

    async def post(self, path: str, content: Mapping[str, Any], *, token: str = "") -> Mapping[str, Any]:
        """Return the JSON object that answers the call, errors of the platform included; raise NotSent or NoAnswer."""
        status, body = await self._exchange(path, json.dumps(content, ensure_ascii=False).encode(), token)
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            done = status == HTTPStatus.OK or status >= HTTPStatus.INTERNAL_SERVER_ERROR
            raise (NoAnswer if done else NotSent)(f"HTTP {status} without JSON") from error
        if not isinstance(answer, dict):
            raise NoAnswer("JSON, but no object")
        return answer

    async def _exchange(self, path: str, body: bytes, token: str) -> tuple[int, bytes]:
        # aiohttp's messages may hold the address with the access token: no error of it is passed on or chained
        try:
            async with self._session.post(
                f"{self._base}{path}",
                params={"access_token": token} if token else None,
                data=body,
                # a kept connection that the server closes meanwhile would leave it unclear whether the call arrived
                headers={"Content-Type": "application/json", "Connection": "close"},
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NoAnswer(type(error).__name__) from None
