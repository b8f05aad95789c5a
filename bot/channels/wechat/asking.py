"""A survey as one message after the text that it is about."""

import logging
from collections.abc import Awaitable, Callable

from bot.errors import DeliveryFailed, DeliveryUncertain
from bot.plain import surveyed
from bot.types import Survey

SendMenu = Callable[[str, Survey], Awaitable[None]]
"""Sends a user, by the platform's id, a survey as a menu (msgmenu); raises DeliveryFailed or a subclass."""

_log = logging.getLogger(__name__)


async def ask(
    survey: Survey,
    user: str,
    *,
    send_text: Callable[[str, str], Awaitable[None]],
    send_menu: SendMenu | None,
) -> None:
    """Send a survey as a menu, in words where the platform has none or refuses it.

    Never fails: the text before it has arrived, and must not be sent again because nobody was asked.
    """
    try:
        if send_menu is not None and await _taken(send_menu(user, survey)):
            return
        await send_text(user, surveyed("", survey))
    except DeliveryFailed as error:
        _log.info("a survey was not sent: %s", error.reason)


async def _taken(sending: Awaitable[None]) -> bool:
    """Whether a menu went out, or may have; not every account may send one (40200, 48001)."""
    try:
        await sending
    except DeliveryUncertain:
        return True
    except DeliveryFailed:
        return False
    return True
