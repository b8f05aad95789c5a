"""Transcripts of conversations, as a clerk writes them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Speaker(StrEnum):
    """Who speaks in a line, or what happens."""

    USER = "用户"
    BOT = "机器人"
    PUSH = "推送"
    STAFF = "工作人员"
    CUT_OFF = "中断"
    """What the user says while the process ends: it is worked on, but neither answered nor remembered."""
    TAP = "点选"
    """The user taps a line of the menu that followed the answer of this number."""
    VERDICT = "评价"
    """What the register keeps of 是否解决."""
    REGISTERED = "登记"
    """The question of the latest case."""
    LATER = "过了"


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody says, and where it stands in the file."""

    speaker: Speaker
    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation with what stands above it: 说明, 账号."""

    header: dict[str, str]
    lines: tuple[Line, ...]


@dataclass(slots=True)
class _Reading:
    header: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    open_line: tuple[Speaker, list[str], int] | None = None

    def close(self) -> None:
        if self.open_line is not None:
            speaker, texts, number = self.open_line
            self.lines.append(Line(speaker, "\n".join(texts).strip(), number))
        self.open_line = None


_SPOKEN = re.compile(r"^(用户|机器人|推送|工作人员|中断|点选|评价|登记)[:：]\s*(.*)$")
_HEADER = re.compile(r"^(说明|账号)[:：]\s*(.*)$")
_BREAK = re.escape("\n")
_LATER = re.compile(r"^过了\s*(\d+)\s*分钟$")


def read(content: str) -> Transcript:
    """Return a transcript; raise ValueError naming the line that is not understood."""
    reading = _Reading()
    for number, line in enumerate(content.splitlines(), 1):
        spoken, header, later = _SPOKEN.match(line), _HEADER.match(line), _LATER.match(line.strip())
        if spoken:
            reading.close()
            reading.open_line = (Speaker(spoken[1]), [spoken[2]], number)
        elif later:
            reading.close()
            reading.lines.append(Line(Speaker.LATER, later[1], number))
        elif reading.open_line is not None:
            reading.open_line[1].append(line)
        elif header:
            reading.header[header[1]] = header[2].strip()
        elif line.strip():
            raise ValueError(f"第 {number} 行看不懂：{line}")
    reading.close()
    return Transcript(reading.header, tuple(reading.lines))


def turns(transcript: Transcript) -> Iterator[tuple[Line, ...]]:
    """Yield the lines one by one, but what a user says without waiting for a reply as one turn."""
    saying: list[Line] = []
    for line in transcript.lines:
        if line.speaker is Speaker.USER:
            saying.append(line)
            continue
        if saying:
            yield tuple(saying)
            saying = []
        yield (line,)
    if saying:
        yield tuple(saying)


def matches(expected: str, said: str) -> bool:
    """Whether a reply is what was expected: "…" stands for anything, alone in a line for any lines or none.

    Blank lines stand for nothing.
    """
    pattern = re.escape(_squeezed(expected)).replace("…", ".*")
    pattern = pattern.replace(f"{_BREAK}.*{_BREAK}", f"{_BREAK}(?:.*{_BREAK})?")
    pattern = re.sub(rf"{re.escape(_BREAK)}\.\*$", lambda _: f"(?:{_BREAK}.*)?", pattern)
    return re.fullmatch(pattern, _squeezed(said), re.DOTALL) is not None


def _squeezed(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
