"""The bot on its channels, with the deliveries of what comes late."""

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aiohttp

from bot.channels.kf.channel import KfChannel
from bot.channels.webchat import WebChat
from bot.delivery import Delivery
from bot.metrics import Metrics
from bot.open_pages import OpenPages
from bot.ports import Channel
from bot.runtime import Bot
from bot.surveys import Surveys
from bot.tokens import Tokens, kept_secret
from bot.types import Nudge, Reply
from bot.web import WITHIN
from config.settings import Settings
from handlers import texts
from register.lookup import Lookup
from wiring.background import Background, Departure, end
from wiring.conversation import build_bot, office_of
from wiring.counts import COUNTS
from wiring.office import Office
from wiring.parts import utc_now
from wiring.platforms import build_fetcher, build_platforms


@dataclass(frozen=True, slots=True)
class Talk:
    """The conversation with citizens, under way; `platforms` are the channels that post messages to us."""

    bot: Bot
    delivery: Delivery
    metrics: Metrics
    lookup: Lookup
    tokens: Tokens
    webchat: WebChat
    platforms: Mapping[str, Channel]
    wake: Callable[[str, Nudge], None]
    """Tells a channel whose messages have to be fetched that there are some."""

    @property
    def channels(self) -> Mapping[str, Channel]:
        """Every channel by name."""
        return {self.webchat.name: self.webchat, **self.platforms}

    async def chat(self, token: str, text: str) -> Reply:
        """Return the reply to what somebody says on the page without scripts."""
        message = self.webchat.message(token, text)
        return await self.bot.receive(self.webchat, message, within=WITHIN) or Reply("", "pending")

    def begin_nothing_more(self) -> None:
        """Send waiting pages away, and begin no further push: what is under way arrives while requests are answered."""
        self.webchat.close()
        self.delivery.stop()


def open_talk(office: Office, session: aiohttp.ClientSession, background: Background) -> Talk:
    """Open the channels that the settings name, and begin to deliver."""
    settings, parts, chancery = office.settings, office.parts, office.chancery
    metrics = Metrics(passages=lambda: office.library.size, alone=parts.alone, folder=os.environ.get(COUNTS, ""))
    tokens = Tokens(_secret(settings), os.urandom)
    webchat = WebChat(tokens=tokens, now=utc_now)
    welcome = texts.greeting(office_of(settings))
    platforms = {
        channel.name: channel
        for channel in build_platforms(settings.channels, session, welcome=welcome, tokens=parts.tokens)
    }
    channels: dict[str, Channel] = {webchat.name: webchat, **platforms}
    metrics.watch(channels, lambda channel: office.switchboard.off(channel) is not None)
    lookup = Lookup(parts.register, utc_now, chancery.requests if chancery is not None else None)
    bot = build_bot(
        settings,
        parts,
        office.library,
        lookup=lookup,
        metrics=metrics,
        switchboard=office.switchboard,
        chancery=chancery,
    )
    background.stack.push_async_callback(_close, bot, background.departure)
    delivery = Delivery(
        outbox=parts.outbox,
        channels=channels,
        now=utc_now,
        settled=metrics.settled,
        surveys=Surveys(texts.phrases().survey, parts.conversations),
    )
    running = asyncio.create_task(delivery.run())
    background.stack.push_async_callback(_end_delivery, delivery, running, background.departure)
    background.go_on(OpenPages(webchat, delivery, parts.outbox, now=utc_now).run())
    fetchers = {
        name: build_fetcher(each, bot, parts) for name, each in platforms.items() if isinstance(each, KfChannel)
    }
    for fetcher in fetchers.values():
        background.go_on(fetcher.run())

    def wake(channel: str, nudge: Nudge) -> None:
        fetchers[channel].wake(nudge)

    return Talk(bot, delivery, metrics, lookup, tokens, webchat, platforms, wake)


def _secret(settings: Settings) -> bytes:
    """Return the key that signs visitors' tokens: the setting, or one made at the first start and kept."""
    if settings.server.secret is not None:
        return settings.server.secret.get_secret_value().encode()
    return kept_secret(settings.data_dir / "secret.key", os.urandom)


async def _close(bot: Bot, departure: Departure) -> None:
    await bot.close(within=departure.left())


async def _end_delivery(delivery: Delivery, task: asyncio.Task[None], departure: Departure) -> None:
    delivery.stop()
    await asyncio.wait({task}, timeout=departure.left())
    await end(task)
