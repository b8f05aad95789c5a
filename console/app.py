"""The two web fronts, each with all its routes in one place: the staff console and the citizens' pages."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.errors import BotError
from bot.types import Reply
from console.accounts import AccountViews
from console.audit import AuditViews
from console.auth import Auth, new_token
from console.cases import CaseViews
from console.chancery import RequestDesk, request_routes
from console.citizen import ChatViews
from console.counter import HANDLES, Counter
from console.dashboard import DashboardViews
from console.door import Door, Handler
from console.entrance import Entrance
from console.filing import RequestForm
from console.frontdesk import queue_routes
from console.gap_answers import GapAnswerViews
from console.gaps import GapViews
from console.imports import ImportViews
from console.journal import Journal
from console.knowledge import Knowledge, import_routes, knowledge_routes
from console.openness import Openness, openness_routes
from console.oversight import Oversight, oversight_routes
from console.pages import Pages
from console.passwords import Passwords
from console.ports import Accounts, Role
from console.rooms import ENTER, Room
from console.sight import Own
from console.site import Site
from console.status import StatusViews
from knowledge.errors import KnowledgeError, StaleRevision, UnknownDocument, UnknownRevision
from knowledge.ports import Retriever
from register.desk import Desk
from register.errors import IllegalTransition, MissingNote, RegisterError, StaleCase, UnknownCase
from register.handover import Handover
from register.lookup import Lookup

LOG = logging.getLogger(__name__)
MOUNT = "/console"
STATUS_OF: Mapping[type[RegisterError | KnowledgeError], int] = MappingProxyType(
    {
        UnknownCase: 404,
        IllegalTransition: 409,
        StaleCase: 409,
        MissingNote: 400,
        UnknownDocument: 404,
        UnknownRevision: 404,
        StaleRevision: 409,
    }
)


def create_console(
    *,
    accounts: Accounts,
    desk: Desk,
    counter: Counter,
    journal: Journal,
    retriever: Retriever,
    knowledge: Knowledge,
    oversight: Oversight | None = None,
    requests: RequestDesk | None = None,
    site: Site,
    now: Callable[[], datetime],
    passwords: Passwords | None = None,
) -> web.Application:
    """Return the staff console, to be mounted at /console."""
    pages = Pages(site, base=MOUNT, banner=oversight.banner if oversight is not None else str)
    auth = Auth(accounts, now, passwords or Passwords())
    door = Door(auth, pages)
    entrance = Entrance(auth, door, pages, new_token)
    dashboard = DashboardViews(pages, counter, retriever, knowledge.review, oversight)
    handover = Handover(desk.register, counter.queue, now, requests.office if requests is not None else None)
    cases, own = CaseViews(pages, desk, counter), Own(desk.register)
    gaps = GapViews(pages, counter, desk.register)
    gap_answers = GapAnswerViews(gaps, desk)
    people = AccountViews(auth, pages, counter.office.departments)

    anybody = door.open_to(*Role)
    administrators = door.open_to(Role.ADMINISTRATOR)
    officers = door.open_to(Role.OFFICER)
    officers_and_editors = door.open_to(Role.OFFICER, Role.EDITOR)
    imports = ImportViews(pages, knowledge.uploads, knowledge.importer, now)
    shelves = knowledge_routes(pages, door, knowledge, desk.register, retriever)

    app = web.Application(middlewares=[guard(pages)])
    app.add_routes(
        [
            web.get("", anybody(dashboard.show)),
            web.get("/", anybody(dashboard.show)),
            web.post("/reminders/{reference}/seen", door.open_to(*HANDLES)(dashboard.seen)),
            web.get("/cases/{reference}", door.open_to(*ENTER[Room.QUEUE])(own(cases.show))),
            web.post("/cases/{reference}/{step:answer|close|reopen|note}", officers(own(cases.act))),
            web.get("/gaps", officers_and_editors(gaps.show)),
            web.post(r"/gaps/{ids:\d{1,18}(?:,\d{1,18})*}/close", officers_and_editors(gaps.close)),
            web.get(r"/gaps/{id:\d{1,18}}/answer", officers(gap_answers.show)),
            web.post(r"/gaps/{id:\d{1,18}}/answer", officers(gap_answers.answer)),
            web.get("/accounts", door.open_to(*ENTER[Room.ACCOUNTS])(people.show)),
            web.post("/accounts/appoint", door.open_to(Role.SECURITY)(people.appoint)),
            web.get("/audit", door.open_to(*ENTER[Room.AUDIT])(AuditViews(pages, journal).show)),
            web.post("/accounts", administrators(people.invite)),
            web.post("/accounts/disable", administrators(people.disable)),
            web.get("/login", entrance.login),
            web.post("/login", entrance.log_in),
            web.post("/logout", anybody(entrance.log_out)),
            web.get("/invite/{token}", entrance.invitation),
            web.post("/invite/{token}", entrance.accept),
            web.get("/display", pages.choose_display),
            web.get("/static/{name}", pages.assets.serve),
            *queue_routes(pages, door, counter, handover, journal),
            *import_routes(door, imports),
            *shelves,
            *request_routes(door, pages, requests, knowledge, own),
            *oversight_routes(door, pages, oversight, journal),
        ]
    )
    app.on_shutdown.append(imports.close)
    return app


def add_citizen_pages(
    app: web.Application,
    *,
    site: Site,
    lookup: Lookup,
    issue_token: Callable[[], str],
    check_token: Callable[[str], bool],
    chat: Callable[[str, str], Awaitable[Reply]],
    openness: Openness,
    allow: Callable[[web.Request], bool] = lambda _request: True,
    form: Callable[[Pages], RequestForm] | None = None,
    requests: RequestDesk | None = None,
) -> None:
    """Add the citizens' pages to the root application: chat, status, guide, catalogue, application, privacy notice."""
    pages = Pages(site, base="")
    guarded = guard(pages)
    conversation = ChatViews(pages, issue_token, check_token, chat, allow)
    status = StatusViews(pages, lookup, requests)

    def front(view: Handler) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await guarded(request, view)

        return handle

    app.add_routes(
        [
            web.get("/", front(conversation.show)),
            web.post("/", front(conversation.ask)),
            web.get("/status", front(status.show)),
            web.post("/status", front(status.find)),
            web.post("/status/file", front(status.download)),
            web.get("/privacy", front(conversation.privacy)),
            *openness_routes(pages, openness, allow, front),
            web.get("/display", front(pages.choose_display)),
            web.get("/static/{name}", front(pages.assets.serve)),
        ]
    )
    if form is not None:
        request = form(pages)
        app.add_routes([web.get("/request", front(request.show)), web.post("/request", front(request.send))])


def _route(request: web.Request) -> str:
    """Return the pattern of the address: the path itself may hold an invitation."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "-"


def guard(pages: Pages) -> Middleware:
    """Return the middleware that answers every error with a page, and sets the security headers."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = pages.error(request, error.status)
        except (RegisterError, KnowledgeError) as error:
            response = pages.error(request, STATUS_OF.get(type(error), 500))
        except BotError:
            LOG.exception("a store could not serve %s", _route(request))
            response = pages.error(request, 503)
        except Exception:
            LOG.exception("no page for %s", _route(request))
            response = pages.error(request, 500)
        pages.protect(response)
        return response

    return middleware
