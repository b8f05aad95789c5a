"""run_bot.py, ended with SIGKILL at a step on a message's way: `python tests/e2e/saboteur.py serve …`.

SABOTAGE names a folder. The first process that comes to a step whose file lies there takes the file and kills itself.
While the file "slow" lies there, cases are opened late.
"""

import asyncio
import functools
import importlib
import inspect
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# in the place of this folder, whose platform.py is not the library of that name
sys.path[0] = str(ROOT)

from bot.channels.wechat.channel import WeChatChannel  # noqa: E402  the root has to be on the path first
from bot.runtime import Bot  # noqa: E402
from storage.outbox import SqlOutbox  # noqa: E402
from storage.redis import RedisConversations  # noqa: E402
from storage.register import SqlRegister  # noqa: E402

FOLDER = Path(os.environ["SABOTAGE"])
SLOW = 5.5
"""Seconds that opening a case takes: longer than a platform waits."""


def main() -> None:
    """Lay the mines and run the program with the arguments given."""
    mine(Bot, "receive", before="received")
    mine(RedisConversations, "admit", after="admitted")
    mine(SqlRegister, "open", before="answering", after="case stored")
    mine(RedisConversations, "_end", after="conversation saved")
    mine(WeChatChannel, "in_band", before="reply made")
    mine(SqlOutbox, "put", before="late answer made", after="late answer kept")
    mine(SqlOutbox, "_claim", after="push claimed")
    mine(WeChatChannel, "push", after="pushed")
    mine(SqlOutbox, "settle", after="push noted")
    # a worker is started as this process was
    sys.exit(importlib.import_module("run_bot").main())


def mine(owner: type, method: str, *, before: str = "", after: str = "") -> None:
    """Kill the process before or after a method, where the step is wanted."""
    whole = getattr(owner, method)

    @functools.wraps(whole)
    async def later(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  whatever the method takes
        if (FOLDER / "slow").exists() and method == "open":
            await asyncio.sleep(SLOW)
        end_at(before)
        result = await whole(*args, **kwargs)
        if result != ():
            end_at(after)
        return result

    @functools.wraps(whole)
    def at_once(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  whatever the method takes
        end_at(before)
        result = whole(*args, **kwargs)
        end_at(after)
        return result

    asynchronous: Callable[[Any], bool] = inspect.iscoroutinefunction
    setattr(owner, method, later if asynchronous(whole) else at_once)


def end_at(step: str) -> None:
    """End as a power cut would, if this is the step that is wanted and no other process took it."""
    if not step:
        return
    try:
        (FOLDER / step).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
