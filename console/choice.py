"""Which document somebody means by its id, its 文号 or a part of its title."""

from dataclasses import dataclass

from knowledge.ports import DocumentStore
from knowledge.types import Document

SHOWN = 12
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """The documents that a text may mean: the one, or the first of several with how many there are."""

    wanted: str = ""
    documents: tuple[Document, ...] = ()
    total: int = 0

    @property
    def one(self) -> Document | None:
        """The document that is meant; None where there is none or several."""
        return self.documents[0] if self.total == 1 else None


async def choice(documents: DocumentStore, wanted: str) -> Choice:
    """Return what a text may mean: the document with that id, else those with it in title, 文号 or issuer."""
    wanted = wanted.strip().strip("《》")[:LONGEST]
    if not wanted:
        return Choice()
    named = await documents.get(wanted)
    if named:
        return Choice(wanted, (named,), 1)
    page = await documents.find(text=wanted, limit=SHOWN)
    exact = tuple(document for document in page.documents if wanted in {document.title, document.number})
    if len(exact) == 1:
        return Choice(wanted, exact, 1)
    return Choice(wanted, page.documents, page.total)
