"""From the stored documents to the live generation: built aside, checked, switched."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from knowledge.generation import build_generation
from knowledge.ports import DocumentStore
from knowledge.shelf import switch
from knowledge.tokens import Tokenizer


async def publish(
    store: DocumentStore,
    *,
    folder: Path,
    tokenizer: Tokenizer,
    now: Callable[[], datetime],
    smoke: Sequence[str] = (),
    max_shrink: float = 0.2,
) -> str:
    """Build a generation of all stored documents, switch to it and return its id.

    Raises GenerationRefused when a check fails; the live generation stays. Takes seconds to a minute of processor
    time in a thread: in a process that answers citizens, run the command `reload` instead.
    """
    documents = [document async for document in store.all()]
    build = partial(build_generation, documents, folder=folder, tokenizer=tokenizer, now=now)
    generation = await asyncio.to_thread(build)
    check = partial(switch, folder, generation, tokenizer=tokenizer, smoke=smoke, max_shrink=max_shrink)
    await asyncio.to_thread(check)
    return generation
