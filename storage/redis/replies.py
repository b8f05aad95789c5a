"""A reply as it is kept for a minute: its words, without what a channel makes of them."""

import json

from bot.plain import plain
from bot.types import Reply


def written(reply: Reply | None) -> str:
    """Return a reply as it is kept; empty where nothing is said."""
    if reply is None or reply.silent:
        return ""
    return json.dumps({"text": plain(reply), "status": reply.status, "reference": reply.reference})


def read(kept: bytes | None) -> Reply | None:
    """Return the reply that is kept, None where another version of this program kept something else."""
    if not kept:
        return None
    try:
        return Reply(**json.loads(kept))
    except (ValueError, TypeError):
        return None
