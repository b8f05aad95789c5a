"""The house is cleared of whose an inquiry was, once nobody has to be answered any more."""

import asyncio
import logging
from datetime import timedelta

from bot.errors import Unavailable
from storage.database import Database
from storage.retention import SqlRetention
from wiring.parts import utc_now

PAUSE = 3600.0
"""Seconds between two rounds: what is kept for half a year may stay an hour longer."""
_log = logging.getLogger(__name__)


async def forget_in_time(database: Database, *, days: int) -> None:
    """Forget, for ever, whose inquiries were over `days` ago; a database that fails is asked again."""
    retention = SqlRetention(database)
    while True:
        try:
            await retention.forget(before=utc_now() - timedelta(days=days))
        except Unavailable:
            _log.exception("inquiries that are over could not be forgotten")
        await asyncio.sleep(PAUSE)
