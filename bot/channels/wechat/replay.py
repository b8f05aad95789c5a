"""What was signed lately, so that a captured signature cannot carry another body."""

import hashlib
from collections import OrderedDict

_MOST = 100_000
"""Signatures remembered at a time, about 30 MB; the oldest go first."""


class ReplayGuard:
    """Remembers, for `window` seconds, which body each signature came with.

    Needed where the signature does not cover the body (明文模式). Each process remembers what it has seen itself.
    """

    def __init__(self, window: float) -> None:
        self._window = window
        self._seen: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    def note(self, signature: str, body: bytes, *, at: float) -> bool:
        """Remember the pair; False when the signature came with another body before."""
        self._forget(before=at - self._window)
        digest = hashlib.sha256(body).digest()
        return self._seen.setdefault(signature, (at, digest))[1] == digest

    def _forget(self, *, before: float) -> None:
        while self._seen:
            oldest, _ = next(iter(self._seen.values()))
            if oldest >= before and len(self._seen) < _MOST:
                return
            self._seen.popitem(last=False)
