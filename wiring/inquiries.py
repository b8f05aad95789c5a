"""The days of inquiries are kept right while the calendar changes."""

import asyncio
import logging

from bot.errors import Unavailable
from register.inquiries import Inquiries, Target, set_right

ROUND = 600.0
"""Seconds between two looks: days decide, but an imported year should show soon."""
_log = logging.getLogger(__name__)


async def keep_days(inquiries: Inquiries, target: Target) -> None:
    """Keep the days of the inquiries that wait right, for ever; a store that fails is asked again."""
    while True:
        await look(inquiries, target)
        await asyncio.sleep(ROUND)


async def look(inquiries: Inquiries, target: Target) -> None:
    """Go through them once."""
    try:
        changes = await set_right(inquiries, target)
    except Unavailable:
        _log.exception("the inquiries that wait could not be looked through")
        return
    for each in changes:
        _log.info("day of inquiry %s moved from %s to %s", each.reference, each.old, each.new)
