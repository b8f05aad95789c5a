"""Markdown as the plain text that a chat window shows."""

import re

from bot.channels.wechat.codec import writable

_MARKED = re.compile(r"[#*`~_|>\[]|--")
# a fence, a rule, or the line under a table's head: no words in it
_WORDLESS = re.compile(r"`{3,}.*|~{3,}.*|(?:[-*_][ \t]*){3,}|[|:-][ \t|:-]*--[ \t|:-]*")
_LEADING = re.compile(r"(?:>[ \t]?)*(?:#{1,6}[ \t]+)?")
# nothing reaches over the beginning of another of its kind: so no sign is looked at again from every beginning
_SPAN = re.compile(
    r"(?P<url>https?://[!-~]+)"
    r"|!\[(?P<alt>[^\[\]\n]*+)\]\([^)\s]{0,1000}+\)"
    r"|\[(?P<label>[^\[\]\n]++)\]\((?P<address>[^)\s]{1,1000}+)\)"
    r"|(?P<mark>\*\*|__|~~)(?=\S)(?P<strong>(?:(?!\s(?P=mark)\S)[^\n])+?)(?<=\S)(?P=mark)"
    r"|`(?P<code>[^`\n]+)`"
)


def unmarked(text: str) -> str:
    """Return the text without Markdown and without characters that a message cannot hold; never longer than before.

    Single "*" and "_" stay: they are rather a product sign or part of a name than emphasis.
    """
    text = writable(text).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not _MARKED.search(text):
        return text
    lines = (_line(line) for line in text.split("\n") if not _WORDLESS.fullmatch(line.strip()))
    # the second pass finds what stood inside the first's marks
    return _SPAN.sub(_words, _SPAN.sub(_words, "\n".join(lines))).strip()


def _line(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    words = _LEADING.sub("", line.strip(), count=1)
    if words.startswith("|"):
        words = words.strip("|").strip()
    if words.startswith("* "):
        words = f"- {words[2:]}"
    return indent + words


def _words(span: re.Match[str]) -> str:
    groups = span.groupdict()
    del groups["mark"]
    return " ".join(words for words in groups.values() if words)
