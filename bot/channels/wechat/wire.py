"""One call to a platform's API, and how sure it is that the call arrived."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp

PATIENCE = aiohttp.ClientTimeout(total=8, connect=3)
_JSON = {"Content-Type": "application/json"}


class NotSent(Exception):
    """The platform did not take the call: sending it again cannot double it."""


class NoAnswer(Exception):
    """The call left and no readable answer came: it may have had its effect."""


class Wire:
    """Calls the API under `base` ("https://api.weixin.qq.com") over a session that the caller closes.

    `spare` is another address of the same API, or empty: it gets what the first did not take, and of what the first
    did not answer only calls that may be carried out twice. Every call returns the JSON object that answers it, errors
    of the platform included, and raises NotSent or NoAnswer.
    """

    def __init__(
        self, session: aiohttp.ClientSession, base: str, timeout: aiohttp.ClientTimeout, *, spare: str = ""
    ) -> None:
        self._session = session
        self._bases = tuple(each.rstrip("/") for each in (base, spare) if each)
        self._timeout = timeout

    async def get(self, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        """Ask for something; it may be carried out twice."""
        return await self._anywhere("GET", path, query, None, {}, repeatable=True)

    async def post(
        self, path: str, content: Mapping[str, Any], *, token: str = "", repeatable: bool = False
    ) -> Mapping[str, Any]:
        """Post JSON; `repeatable`: it may be carried out twice."""
        query = {"access_token": token} if token else {}
        body = json.dumps(content, ensure_ascii=False).encode()
        return await self._anywhere("POST", path, query, body, _JSON, repeatable=repeatable)

    async def post_form(self, path: str, fields: Mapping[str, str]) -> Mapping[str, Any]:
        """Post the fields of a form."""
        return await self._anywhere("POST", path, {}, dict(fields), {}, repeatable=False)

    async def _anywhere(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: bytes | dict[str, str] | None,
        headers: Mapping[str, str],
        *,
        repeatable: bool,
    ) -> Mapping[str, Any]:
        *others, last = self._bases
        for base in others:
            try:
                return _read(*await self._exchange(method, base + path, query, body, headers))
            except NotSent:
                continue
            except NoAnswer:
                if not repeatable:
                    raise
        return _read(*await self._exchange(method, last + path, query, body, headers))

    async def _exchange(
        self,
        method: str,
        address: str,
        query: Mapping[str, str],
        body: bytes | dict[str, str] | None,
        headers: Mapping[str, str],
    ) -> tuple[int, bytes]:
        # aiohttp's messages may hold the address with the access token: no error of it is passed on or chained
        try:
            async with self._session.request(
                method,
                address,
                params=query or None,
                data=body,
                # a kept connection that the server closes meanwhile would leave it unclear whether the call arrived
                headers={**headers, "Connection": "close"},
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NoAnswer(type(error).__name__) from None


def _read(status: int, body: bytes) -> Mapping[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        done = status == HTTPStatus.OK or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        raise (NoAnswer if done else NotSent)(f"HTTP {status} without JSON") from error
    if not isinstance(answer, dict):
        raise NoAnswer("JSON, but no object")
    return answer
