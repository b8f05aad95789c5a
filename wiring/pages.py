"""Everything that is served over HTTP: callbacks, the citizens' pages, the console, health."""

from collections.abc import Callable, Mapping, Sequence

from aiohttp import web

from bot.rates import Rates
from bot.web import LARGEST, Edge, Probe
from config.settings import Settings
from console.app import add_citizen_pages, create_console
from console.site import Site
from handlers import texts
from knowledge.library import Library
from register.desk import Desk
from wiring.almanac import Almanac, calendar_remark, deadline_alarm
from wiring.background import Background
from wiring.index import reloader
from wiring.knowledge import knowledge_pages
from wiring.office import Office
from wiring.openness import open_openness
from wiring.oversight import open_oversight
from wiring.parts import utc_now
from wiring.requests import Chancery, desk_of, open_counter, page_form
from wiring.talk import Talk

VISITOR_BURST, VISITOR_PER_MINUTE = 60, 300
"""Requests from one address: a service hall has many people behind one."""
Allowance = Callable[[web.Request], bool]


def build_pages(office: Office, talk: Talk, background: Background, *, reload: Sequence[str]) -> web.Application:
    """Return the application; `reload` is the command line that rebuilds the index in a process of its own."""
    site = _site(office)
    visitors: Rates[str] = Rates(now=utc_now, burst=VISITOR_BURST, per_minute=VISITOR_PER_MINUTE)

    def allow(request: web.Request) -> bool:
        return visitors.allow(site.visitor(request))

    app = web.Application(client_max_size=LARGEST)
    app.add_routes(_edge(office, talk, allow).routes())
    app.add_subapp("/console", _console(office, talk, background, site, reload))
    add_citizen_pages(
        app,
        site=site,
        lookup=talk.lookup,
        issue_token=talk.tokens.issue,
        check_token=lambda token: talk.tokens.subject(token) is not None,
        chat=talk.chat,
        openness=open_openness(office.settings, office.parts, office.chancery),
        allow=allow,
        form=page_form(office.chancery, office.library, tokens=talk.tokens, allow=allow),
        requests=desk_of(office.chancery),
    )

    async def begin_nothing_more(_app: web.Application) -> None:
        talk.begin_nothing_more()

    app.on_shutdown.append(begin_nothing_more)
    return app


def _site(office: Office) -> Site:
    settings = office.settings
    return Site(
        office_name=settings.office.name,
        hotline=settings.office.hotline,
        secure_cookies=settings.server.secure_cookies,
        trusted_proxies=settings.server.trusted_proxies,
        takes_requests=office.chancery is not None and office.chancery.online,
        inquiry_days=settings.personal_data.inquiry_days,
        identity_days=settings.requests.identity_days,
    )


def _edge(office: Office, talk: Talk, allow: Allowance) -> Edge:
    return Edge(
        bot=talk.bot,
        platforms=talk.platforms,
        webchat=talk.webchat,
        delivery=talk.delivery,
        metrics=talk.metrics,
        probes=office.parts.probes,
        remarks={
            "knowledge": _knowledge_remark(office.library),
            "calendar": calendar_remark(Almanac(office.settings), utc_now),
            "channels": office.switchboard.remark,
            **office.parts.remarks,
        },
        alarms=_alarms(office.settings, office.chancery),
        allow=allow,
        crowded=texts.CROWDED,
        wake=talk.wake,
    )


def _console(office: Office, talk: Talk, background: Background, site: Site, reload: Sequence[str]) -> web.Application:
    settings, parts = office.settings, office.parts
    generations = reloader(settings, parts, office.library, reload)
    background.stack.push_async_callback(generations.aclose)
    return create_console(
        accounts=parts.accounts,
        desk=Desk(parts.register, utc_now),
        counter=open_counter(settings, parts, office.chancery),
        journal=parts.journal,
        retriever=office.library,
        requests=desk_of(office.chancery),
        oversight=open_oversight(
            office.loaded,
            parts,
            noticeboard=office.noticeboard,
            switchboard=office.switchboard,
            chancery=office.chancery,
            channels=tuple(talk.channels),
        ),
        knowledge=knowledge_pages(settings, parts, office.library, generations),
        site=site,
        now=utc_now,
    )


def _alarms(settings: Settings, chancery: Chancery | None) -> Mapping[str, Probe]:
    if chancery is None:
        return {}
    return {"deadlines": deadline_alarm(Almanac(settings), chancery.requests.any_provisional, utc_now)}


def _knowledge_remark(library: Library) -> Probe:
    async def remark() -> str:
        return "" if library.size else "知识库为空，请先导入文件"

    return remark
