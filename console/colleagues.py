"""The draft of a colleague that another one of the same document would silently replace."""

from console import texts
from console.auth import Staff
from knowledge.review import ReviewDesk
from knowledge.revisions import Revision


async def colleagues_revision(desk: ReviewDesk, document_id: str, staff: Staff) -> Revision | None:
    """Return the revision under way of a document that somebody else has a hand in, or None."""
    revision = await desk.revisions.under_way(document_id)
    own = revision is None or {revision.author, *revision.editors} == {staff.name}
    return None if own else revision


def under_way_already(revision: Revision) -> str:
    """Return the sentence that says who works on the document, and what to do."""
    by = "、".join(dict.fromkeys((revision.author, *revision.editors)))
    return texts.UNDER_WAY_ALREADY.format(by=by, state=revision.state)
