"""Texts cut to a number of UTF-8 bytes, on a sentence where there is one."""

import re
from collections.abc import Sequence

from bot.plain import size

MORE = "……"
"""Shows that a text goes on where it was cut."""
SMALLEST = 16
"""The least room, in bytes, that a text can be fitted into."""

_UNBREAKABLE = re.compile(r"<a\b[^<>]*+>(?:(?!<a\b).)*?</a>|https?://[!-;=?-~]+", re.DOTALL | re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?:[。！？；!?;…]|\.(?=\s))[”’」』）)】》]*|\n")
_PAUSE = re.compile(r"[，、：,\s]")
# combining marks, joiners, variation selectors and skin tones belong to the character before them
_GLUED = re.compile("[\u0300-\u036f\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")


def fit(text: str, room: int, *, least: int = 0) -> tuple[str, str]:
    """Return the beginning of the text that fits into `room` bytes (at least SMALLEST), and the rest.

    Cuts after a sentence, else at a pause, else between characters; never inside a web address or an `<a>` element
    that fits the room by itself. Nothing but the whitespace at the cut is lost. A sentence or pause that would leave
    less than `least` bytes in the beginning is passed over.
    """
    if size(text) <= room:
        return text, ""
    begin = len(text.encode()[: max(least, 0)].decode(errors="ignore"))
    end = _border(text, len(text.encode()[:room].decode(errors="ignore")), begin)
    return text[:end].rstrip(), text[end:].lstrip()


def split(text: str, room: int, *, most: int) -> tuple[Sequence[str], str]:
    """Return the first `most` pieces of a text, of at most `room` bytes each, and the rest."""
    pieces: list[str] = []
    rest = text.strip()
    while rest and len(pieces) < most:
        # what later pieces cannot hold must go into this one, whatever its sentences are, unless it helps nothing
        least = size(rest) - room * (most - 1 - len(pieces))
        piece, rest = fit(rest, room, least=least if least <= room else 0)
        pieces.append(piece)
    return pieces, rest


def shortened(text: str, room: int) -> str:
    """Return the text if it fits into `room` bytes, else its beginning with MORE behind it."""
    if size(text) <= room:
        return text
    return fit(text, room - size(MORE))[0] + MORE


def _border(text: str, end: int, begin: int) -> int:
    """Return the best place to cut at or before `end` characters; one in the first half wastes too much room.

    None before `begin` will do.
    """
    spans = [match.span() for match in _UNBREAKABLE.finditer(text)]
    for pattern in (_SENTENCE_END, _PAUSE):
        places = [match.end() for match in pattern.finditer(text, 0, end) if _free(match.end(), spans)]
        if places and places[-1] > max(end // 2, begin):
            return places[-1]
    start = next((start for start, stop in spans if 0 < start < end < stop), end)
    while start > 1 and (_GLUED.match(text, start) or text[start - 1] == "\u200d"):
        start -= 1
    return start


def _free(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    return not any(start < place < stop for start, stop in spans)
