"""The rooms of formal requests: what they need, and their routes."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from console.annual import AnnualViews
from console.door import Door
from console.enclosures import Enclosing
from console.filing import EntryViews
from console.folder import FolderViews
from console.knowledge import Knowledge
from console.pages import Pages
from console.ports import Role
from console.publication import PublicationViews
from console.requests import HANDLING, RequestViews
from console.rooms import ENTER, Room
from console.sight import Own
from register.office import DisclosureOffice
from register.steps import RequestStep


@dataclass(frozen=True, slots=True)
class RequestDesk:
    """The desk of formal requests as the console needs it; `department` names who is likely to answer for a text."""

    office: DisclosureOffice
    department: Callable[[str], str]
    files: Enclosing


def request_routes(
    door: Door, pages: Pages, desk: RequestDesk | None, knowledge: Knowledge, own: Own
) -> list[web.RouteDef]:
    """Return the routes of formal requests; none where nothing keeps them."""
    if desk is None:
        return []
    views = RequestViews(pages, desk.office, desk.files)
    folder = FolderViews(views, desk.files)
    publication = PublicationViews(pages, desk.office, knowledge.review, knowledge.links)
    annual = AnnualViews(pages, desk.office)
    reporting = door.open_to(*ENTER[Room.REPORT])
    entry = EntryViews(pages, desk.office, desk.department, desk.files)
    register = door.open_to(*ENTER[Room.QUEUE])
    handling = door.open_to(*HANDLING)
    handlers = door.open_to(Role.OFFICER)
    steps = "|".join(step.value for step in RequestStep)
    return [
        web.get("/report", reporting(annual.show)),
        web.get(r"/report/{year:\d{4}}.{kind:docx|xlsx|html|json}", reporting(annual.download)),
        web.get("/requests/new", handling(entry.show)),
        web.post("/requests", door.take_files(*HANDLING)(entry.send)),
        web.get("/requests/{reference}", register(own(views.show))),
        web.post(f"/requests/{{reference}}/step/{{step:{steps}}}", register(own(views.act))),
        web.get("/requests/{reference}/reply", handlers(own(views.reply))),
        web.post("/requests/{reference}/reply", handlers(own(views.propose))),
        web.get("/requests/{reference}/publication", handlers(own(publication.show))),
        web.post("/requests/{reference}/publication", handlers(own(publication.send))),
        web.post("/requests/{reference}/files", door.take_files(*HANDLING)(own(folder.add))),
        web.post(r"/requests/{reference}/files/{key:[0-9a-f]{32}}", register(own(folder.show))),
        web.post(r"/requests/{reference}/files/{key:[0-9a-f]{32}}/drop", handlers(own(folder.drop))),
        web.post("/requests/{reference}/reveal", handling(own(views.reveal))),
        web.get(r"/requests/{reference}/papers/{number:\d{1,4}}.{kind:docx|html}", register(own(views.paper))),
    ]
