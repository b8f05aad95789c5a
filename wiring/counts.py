"""Where the workers of one server count together, for /metrics."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryDirectory

COUNTS = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which prometheus_client is told, before it is imported, that processes count together, and where."""
MEMORY = "/dev/shm"  # noqa: S108  a folder of our own is made in it
"""Counts lie in memory-mapped files: on a disk that is full a write to one would end the process."""


@contextmanager
def counted_together() -> Iterator[Mapping[str, str]]:
    """Give the environment for processes that count together as long as this lasts."""
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    with TemporaryDirectory(prefix="zhengda-metrics-", dir=place, ignore_cleanup_errors=True) as folder:
        yield {**os.environ, COUNTS: folder}
