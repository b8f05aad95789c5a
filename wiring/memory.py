"""A server's memory, once everything is loaded."""

import gc


def settle_memory() -> None:
    """Exempt what was loaded from garbage collection: walking jieba's dictionary stops everybody for 0.2 s."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
