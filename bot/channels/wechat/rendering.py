"""A reply as one text message of the platform."""

import html
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from bot.channels.wechat.fitting import SMALLEST, shortened
from bot.channels.wechat.markup import unmarked
from bot.plain import plain, size
from bot.types import Option, Reply

ROOM = 2048
"""UTF-8 bytes of one text message. WeCom documents it; for the official account it is what works in practice."""
CUT = 2000
"""Bytes of a text that had to be cut: some room is left, as the limit is not official."""
_TAIL = 1400
"""Bytes that footer and options may take before the options' words are shortened."""
_LABELS = (40, 20, 8, 0)


def render(reply: Reply, *, menu_links: bool) -> str:
    """Return text, footer and options within ROOM bytes.

    The text is cut on a sentence where room is short. The footer stays whole and every option keeps its number.
    `menu_links` makes the options tappable (weixin://bizmsgmenu) where there is room for it: an undocumented
    feature of the phone clients, so the numbers stay in the text.
    """
    text = unmarked(reply.text)
    if menu_links and reply.options:
        whole = _joined(text, unmarked(reply.footer), "\n".join(map(_link, reply.options)))
        if size(whole) <= ROOM:
            return whole
    whole = _joined(text, _tail(reply.footer, reply.options))
    if size(whole) <= ROOM:
        return whole
    tail = _short_tail(reply)
    left = CUT - size(tail) - 2
    return _joined(shortened(text, left) if left >= SMALLEST else "", tail)


def _short_tail(reply: Reply) -> str:
    """Return footer and options in as few words as it takes to leave room for the text."""
    bare = [replace(option, detail="") for option in reply.options]
    shorter = [[replace(option, label=_clipped(option.label, longest)) for option in bare] for longest in _LABELS]
    tail = ""
    for options in (reply.options, bare, *shorter):
        tail = _tail(reply.footer, options)
        if size(tail) <= _TAIL:
            return tail
    if size(tail) <= CUT:
        return tail
    numbers = _tail("", shorter[-1])
    return shortened(_joined(shortened(unmarked(reply.footer), max(SMALLEST, CUT - size(numbers) - 2)), numbers), CUT)


def _tail(footer: str, options: Sequence[Option]) -> str:
    return unmarked(plain(Reply("", "", footer=footer, options=tuple(options))))


def _clipped(label: str, longest: int) -> str:
    return label if len(label) <= longest else f"{label[:longest]}…"


def _link(option: Option) -> str:
    words = _tail("", (option,))
    key = quote(option.key, safe="")
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={key}&msgmenuid={key}">{html.escape(words)}</a>'


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
