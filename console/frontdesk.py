"""The rooms of the queue: what they need, and their routes."""

from aiohttp import web

from console.assignment import AssignmentViews
from console.counter import Counter
from console.door import Door
from console.export import ExportViews
from console.journal import Journal
from console.pages import Pages
from console.queue import ASSIGNS, QueueViews
from console.rooms import ENTER, Room
from console.views import SavedViewViews
from register.handover import Handover


def queue_routes(
    pages: Pages, door: Door, counter: Counter, handover: Handover, journal: Journal
) -> list[web.RouteDef]:
    """Return the routes of the queue."""
    queue = QueueViews(pages, counter)
    views, export = SavedViewViews(queue), ExportViews(counter, journal)
    readers, badge = door.open_to(*ENTER[Room.QUEUE]), door.open_to(*ENTER[Room.QUEUE], in_use=False)
    return [
        web.get("/queue", readers(queue.show)),
        web.get("/queue/badge", badge(queue.badge)),
        web.get("/queue.csv", readers(export.download)),
        web.post("/queue/assign", door.open_to(*ASSIGNS)(AssignmentViews(queue, handover).assign)),
        web.post("/queue/views", readers(views.keep)),
        web.post("/queue/views/drop", readers(views.drop)),
    ]
