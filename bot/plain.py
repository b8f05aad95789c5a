"""A reply as one plain text, and texts cut to the room a channel has."""

import re
from collections.abc import Sequence

from bot.types import Option, Reply, Survey

_BORDERS = re.compile(r"(?<=[。！？；!?;\n])(?![”’」』）)])|(?<=[。！？；!?;][”’」』）)])")


def plain(reply: Reply) -> str:
    """Return text, footer and numbered options as the citizen reads them in a text-only chat."""
    parts = [reply.text, reply.footer, "\n".join(map(_line, reply.options))]
    return "\n\n".join(part for part in parts if part)


def surveyed(text: str, survey: Survey | None) -> str:
    """Return a text with a survey as its last words."""
    return text if survey is None else plain(Reply(text, "", footer=survey.text, options=survey.options))


def size(text: str) -> int:
    """Return the length of a text in UTF-8 bytes, the unit of the platforms' limits."""
    return len(text.encode())


def cut(text: str, room: int) -> tuple[str, str]:
    """Return the longest beginning that fits `room` bytes and ends on a sentence, and the rest.

    A single sentence longer than the room is cut between characters.
    """
    text = text.strip()
    if size(text) <= room:
        return text, ""
    most = len(text.encode()[: max(room, 0)].decode(errors="ignore"))
    # one more character tells whether a closing quotation mark follows
    end = max(
        (border.start() for border in _BORDERS.finditer(text, 0, most + 1) if border.start() <= most), default=most
    )
    return text[:end].rstrip(), text[end:].lstrip()


def fitting(texts: Sequence[str], room: int) -> list[tuple[str, str]]:
    """Return as many of these texts as fit into `room` bytes with an empty line between them, each with its rest.

    Only the first may have a rest: one that is too long is cut, a later one that does not fit whole is left out.
    """
    parts: list[tuple[str, str]] = []
    for text in texts:
        first, rest = cut(text, room)
        if parts and rest:
            break
        parts.append((first, rest))
        room -= size(first) + len("\n\n")
        if rest:
            break
    return parts


def _line(option: Option) -> str:
    detail = f"：{option.detail}" if option.detail else ""
    return f"回复 {option.key} {option.label}{detail}"
