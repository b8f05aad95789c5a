"""What talks with citizens, built from the settings: the bot with its handlers."""

import os

from bot.metrics import Metrics
from bot.runtime import Bot
from bot.switches import Switchboard
from config.settings import Settings
from handlers import texts
from handlers.answer import Answer
from handlers.closed import Closed
from handlers.composition import Composer
from handlers.escalate import Inquire
from handlers.greet import Greet
from handlers.routes import Handlers, build_router
from handlers.track import Track
from knowledge.library import Library
from register.inquiries import Target
from register.lookup import Lookup
from wiring.almanac import Almanac
from wiring.index import open_gazetteer, open_topics
from wiring.parts import Parts, utc_now
from wiring.requests import Chancery, open_form


def office_of(settings: Settings) -> texts.Office:
    """Return what the bot's sentences say of the office."""
    return texts.Office(
        name=settings.office.name,
        code=settings.office.code,
        hotline=settings.office.hotline,
        request_guide=settings.office.request_guide,
    )


def build_bot(
    settings: Settings,
    parts: Parts,
    library: Library,
    *,
    lookup: Lookup,
    metrics: Metrics,
    switchboard: Switchboard,
    chancery: Chancery | None,
) -> Bot:
    """Return the bot with its handlers in their order."""
    office = office_of(settings)
    topics = open_topics()
    answer = Answer(
        retriever=library,
        composer=Composer(retriever=library, office=office, topics=topics, gazetteer=open_gazetteer(settings)),
        answers=parts.answers,
        register=parts.register,
        now=utc_now,
        new_id=lambda: os.urandom(16).hex(),
    )
    inquire = Inquire(library, parts.register, topics, Target(settings.office.inquiry_days, Almanac(settings)))
    form = open_form(chancery, library, topics)
    greetings = {f"wechat/{each.name}": each.greeting for each in settings.channels.wechat if each.greeting}
    handlers = Handlers(
        Greet(office, greetings),
        answer,
        inquire,
        Track(lookup, office),
        parts.outbox,
        parts.verdicts,
        form,
        Closed(switchboard),
    )
    return Bot(
        router=build_router(handlers),
        conversations=parts.conversations,
        gate=parts.gate,
        outbox=parts.outbox,
        phrases=texts.phrases(),
        now=utc_now,
        observe=metrics.answered,
    )
