"""A process of its own in which files are read that nobody vouches for."""

import json
import os
import resource
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import IO, Self

from knowledge.readers.file import read_members, read_one
from knowledge.readers.format import Format, format_of
from knowledge.readers.reading import Reading
from knowledge.types import Disclosure, Document, Kind, Validity

SECONDS = 10.0
"""Time that one file may take."""
LONGEST = 60.0
"""Time that a table may take, however large."""
LONGEST_HERE = 5 * 1024 * 1024
"""Bytes of a text that is read without a process of its own."""
MEMORY = 1 << 30
"""Bytes of memory that the process may have."""
_TEXTS = frozenset({Format.TEXT, Format.MARKDOWN})
_RECORDS = frozenset({Format.JSON_LINES, Format.CSV})
_ROOT = Path(__file__).resolve().parents[2]
_LENGTH = struct.Struct(">Q")
_BEGINNING = 60.0
"""Seconds that a new process may take before it is ready, on a machine that is busy."""
_LARGEST_ANSWER = 256 * 1024 * 1024
_DATES = ("published_on", "effective_on", "expires_on")
_NO_PROCESS = "读取文件的进程没能启动（内存不足？），请稍后重试"
_REFUSED = "文件有损坏，或者太大太复杂，没能在限定的时间和内存内读完；请另存一次，或拆成几个文件再导入"


class Cell:
    """Reads files one after the other; a file that hangs or breaks the process is refused and the next gets a new one.

    A short text is read here; everything else in a process that has pipes and nothing else, bounded in time and
    memory. Lines and rows, of which each is a document, have that time for each megabyte.
    """

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds = seconds
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def read(self, name: str, data: bytes, *, today: date | None = None) -> Iterator[Reading]:
        """Yield what is in a file, as `read_file` does; never raises for any bytes."""

        def one(place: str, content: bytes) -> Iterator[Reading]:
            form = format_of(place, content)
            if form in _TEXTS and len(content) <= LONGEST_HERE:
                return read_one(place, content, today=today)
            megabytes = max(1, len(content) >> 20) if form in _RECORDS else 1
            return iter(self._ask(place, content, today, seconds=min(self._seconds * megabytes, LONGEST)))

        yield from read_members(name, data, one)

    def _ask(self, place: str, data: bytes, today: date | None, *, seconds: float) -> Sequence[Reading]:
        try:
            process = self._process or self._start()
        except (OSError, EOFError, ValueError):
            self.close()
            return (Reading(place, reason=_NO_PROCESS),)
        watch = Timer(seconds, process.kill)
        watch.start()
        try:
            head = {"place": place, "today": today.isoformat() if today else "", "seconds": seconds}
            _send(process.stdin, json.dumps(head).encode())
            _send(process.stdin, data)
            return _readings(_receive(process.stdout))
        except (OSError, EOFError, ValueError, KeyError, TypeError):
            # whatever came back is no answer: the process is not trusted with another file
            self.close()
            return (Reading(place, reason=_REFUSED),)
        finally:
            watch.cancel()

    def _start(self) -> subprocess.Popen[bytes]:
        """Return a new process that is ready to read; its own beginning is not counted as any file's time."""
        process = self._process = subprocess.Popen(  # noqa: S603  our own module, nothing of the file's in the command
            [sys.executable, "-m", "knowledge.readers", str(self._memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            # numpy, where a library looks for it, would take a gigabyte of addresses for its threads
            env={"PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        )
        watch = Timer(_BEGINNING, process.kill)
        watch.start()
        try:
            _receive(process.stdout)
        finally:
            watch.cancel()
        return process


def serve(incoming: IO[bytes], outgoing: IO[bytes]) -> None:
    """Say that it is ready, then answer one file after the other; what the libraries raise ends the process."""
    _send(outgoing, b"")
    while True:
        try:
            head = json.loads(_receive(incoming))
        except EOFError:
            return
        data = _receive(incoming)
        _limit_time(head["seconds"])
        today = date.fromisoformat(head["today"]) if head["today"] else None
        readings = list(read_one(head["place"], data, today=today))
        _send(outgoing, json.dumps([asdict(each) for each in readings], default=date.isoformat).encode())


def confine(memory: int) -> None:
    """Take from this process what reading needs not: memory above the bound, files to write, a core to leave."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    os.nice(5)


def _limit_time(seconds: float) -> None:
    """Let the process use so many more seconds of the processor, should the one that watches it be gone."""
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds) + 1, resource.RLIM_INFINITY))


def _send(stream: IO[bytes] | None, data: bytes) -> None:
    if stream is None:
        raise EOFError
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def _receive(stream: IO[bytes] | None) -> bytes:
    if stream is None:
        raise EOFError
    length = stream.read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        raise EOFError
    (size,) = _LENGTH.unpack(length)
    if size > _LARGEST_ANSWER:
        raise ValueError("more than anybody may send")
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _readings(answer: bytes) -> list[Reading]:
    sent = json.loads(answer)
    if not isinstance(sent, list) or not sent:
        raise ValueError("no answer")
    return [_reading(each) for each in sent]


def _reading(sent: Mapping[str, object]) -> Reading:
    """Return a reading as sent: nothing but text and dates, so that a process gone wrong can send nothing worse."""
    values = sent["document"]
    document = None
    if isinstance(values, dict):
        document = Document(
            **values
            | {name: date.fromisoformat(values[name]) for name in _DATES if values[name]}
            | {
                "validity": Validity(values["validity"]),
                "disclosure": Disclosure(values["disclosure"]),
                "kind": Kind(values["kind"]),
            }
        )
    repeals = sent["repeals"]
    return Reading(
        place=str(sent["place"]),
        document=document,
        reason=str(sent["reason"]),
        repeals=tuple(map(str, repeals)) if isinstance(repeals, list) else (),
        dropped=str(sent["dropped"]),
    )
