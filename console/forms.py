"""What a browser sent in a form, cleaned."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

KEPT = frozenset("\n\t")


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody wrote in a form that was not kept, and why; `form` tells which of a page's forms it was."""

    message: str = ""
    form: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    status: int = web.HTTPUnprocessableEntity.status_code

    def value(self, name: str, *, form: str = "") -> str:
        """Return what stands in a field; empty when another form was refused."""
        return self.values.get(name, "") if form in {"", self.form} else ""


NOTHING = Typed(status=web.HTTPOk.status_code)
"""What a page shows that was only opened."""


async def read_form(request: web.Request) -> Mapping[str, str]:
    """Return the fields of a posted form: text only, plain line ends, no control signs; raise HTTPBadRequest."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPBadRequest
    try:
        fields = await request.post()
    except (ValueError, LookupError) as error:
        raise web.HTTPBadRequest from error
    return {name: cleaned(value) for name, value in fields.items() if isinstance(value, str)}


def cleaned(text: str) -> str:
    """Return a text without control signs, lone surrogates and foreign line ends."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in plain if sign in KEPT or not _is_control(sign))


def whole_number(text: str, *, otherwise: int) -> int:
    """Return a number of at most nine digits, or `otherwise`."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len("999999999") else otherwise


def equal(left: str, right: str) -> bool:
    """Compare two secrets in constant time; empty ones are never equal."""
    return bool(left) and hmac.compare_digest(left.encode(), right.encode())


def _is_control(sign: str) -> bool:
    return sign < " " or "\x7f" <= sign <= "\x9f" or "\ud800" <= sign <= "\udfff"
