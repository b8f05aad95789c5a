"""A reply as one text message of the platform."""

import html
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol
from urllib.parse import quote

from bot.channels.wechat.fitting import SMALLEST, shortened
from bot.channels.wechat.markup import unmarked
from bot.plain import plain, size
from bot.types import Option, Reply

ROOM = 2048
"""UTF-8 bytes of one text message. WeCom documents it; for the official account it is what works in practice."""
_SPARE = 48
"""Bytes left free by a text that had to be cut, as the limit is not official."""
_TAIL = 0.7
"""The part of it that footer and options may take before the options' words are shortened."""
_LABELS = (40, 20, 8, 0)


class Tail(Protocol):
    """Writes what stands below a text."""

    def __call__(self, footer: str, options: tuple[Option, ...], *, linked: bool) -> str:
        """Return footer and options, these tappable where `linked`."""


def tail(footer: str, options: tuple[Option, ...], *, linked: bool) -> str:
    """Return footer and options as they stand below a text, the options tappable where `linked`."""
    if not linked:
        return _tail(footer, options)
    return _joined(unmarked(footer), "\n".join(map(_link, options)))


def render(reply: Reply, *, menu_links: bool, room: int = ROOM, tail: Tail = tail) -> str:
    """Return text, footer and options within `room` bytes.

    The text is cut on a sentence where room is short. The footer stays whole and every option keeps its number.
    `menu_links` makes the options tappable (weixin://bizmsgmenu) where there is room for it: an undocumented
    feature of the phone clients, so the numbers stay in the text. `tail` may remember what it wrote.
    """
    text = unmarked(reply.text)
    if menu_links and reply.options:
        whole = _joined(text, tail(reply.footer, reply.options, linked=True))
        if size(whole) <= room:
            return whole
    whole = _joined(text, tail(reply.footer, reply.options, linked=False))
    if size(whole) <= room:
        return whole
    below = _short_tail(reply, room - _SPARE)
    left = room - _SPARE - size(below) - 2
    return _joined(shortened(text, left) if left >= SMALLEST else "", below)


def _short_tail(reply: Reply, most: int) -> str:
    """Return footer and options in as few words as it takes to leave room for the text, `most` bytes for all."""
    bare = [replace(option, detail="") for option in reply.options]
    shorter = [[replace(option, label=_clipped(option.label, longest)) for option in bare] for longest in _LABELS]
    words = ""
    for options in (reply.options, bare, *shorter):
        words = _tail(reply.footer, options)
        if size(words) <= most * _TAIL:
            return words
    if size(words) <= most:
        return words
    numbers = _tail("", shorter[-1])
    return shortened(_joined(shortened(unmarked(reply.footer), max(SMALLEST, most - size(numbers) - 2)), numbers), most)


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
