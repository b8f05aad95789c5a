"""What the knowledge base offers and needs."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from knowledge.explanation import Explanation
from knowledge.revisions import Admission, Ending, RepealProposal, ReviewEvent, ReviewState, Revision, RevisionPage
from knowledge.synonyms import Synonym
from knowledge.types import (
    AnswerRecord,
    Document,
    DocumentPage,
    DocumentVersion,
    Finding,
    Hit,
    Kind,
    Outcome,
    Validity,
)
from knowledge.upkeep import (
    GenerationFacts,
    KeptSynonym,
    KeptWord,
    Link,
    Progress,
    ShippedList,
    Switch,
    Trial,
    TrialReport,
    Turn,
    WordUse,
)


class Retriever(Protocol):
    """Finds what the disclosed documents say about a question."""

    @property
    def generation(self) -> str:
        """The id of the live index generation; empty while there is none."""

    @property
    def size(self) -> int:
        """How many passages the live generation holds."""

    async def find(self, question: str) -> Finding:
        """Return the finding for a question in a citizen's words; never raises for any text."""

    async def open(self, key: str, question: str) -> Hit:
        """Return the passage a citizen chose, quoted for their question; raise UnknownPassage."""

    async def document(self, wanted: str) -> Document | None:
        """Return the document with this id or 文号 (any bracket form), whatever its validity, or None."""


class DocumentStore(Protocol):
    """Keeps documents and their versions."""

    async def put(self, document: Document, *, by: str) -> Outcome:
        """Store a document: CREATED, UPDATED (a new version) or UNCHANGED (same digest). `by` goes to the record."""

    async def get(self, document_id: str) -> Document | None:
        """Return the current version, or None."""

    async def remove(self, document_id: str, *, by: str, reason: str = "") -> bool:
        """Take a document out of the knowledge base, keeping its versions; False when there was none.

        Every process stops showing it within seconds, without waiting for a new generation: see `withdrawn`. A
        revision of it on its way to publication goes back to its author in the same step.
        """

    def all(self) -> AsyncIterator[Document]:
        """Yield every current document, in order of id."""

    async def count(self) -> int:
        """How many current documents there are."""

    async def find(
        self,
        *,
        text: str = "",
        validity: Validity | None = None,
        kind: Kind | None = None,
        topic: str = "",
        offset: int = 0,
        limit: int = 50,
    ) -> DocumentPage:
        """Return one page of current documents, the latest first; `text` is part of title, 文号, issuer or id."""

    async def versions(self, document_id: str) -> Sequence[DocumentVersion]:
        """Return every version a document had, newest first; empty for an unknown one."""

    async def withdrawn(self) -> frozenset[tuple[str, str]]:
        """Return (id, digest) of every text that was taken out and must not be shown from any generation.

        A text that is published again is not among them any more.
        """

    async def endings(self) -> frozenset[Ending]:
        """Return how those current documents end that are 已废止 or have a successor; cheap while unchanged.

        They hold in every generation, one that was built before among them.
        """

    async def changed_at(self) -> datetime | None:
        """When a document was last put or removed; a generation begun before it is behind."""


class Catalogue(Protocol):
    """The current documents that are 主动公开 (公开目录, 国令711号 art. 12), for everybody to look through."""

    async def find(self, *, topic: str = "", text: str = "", offset: int = 0, limit: int = 20) -> DocumentPage:
        """Return one page of documents, the latest first; `text` is part of title, 文号 or issuer."""

    async def get(self, document_id: str) -> Document | None:
        """Return a document, or None where there is none or it is not 主动公开."""

    async def topics(self) -> Mapping[str, int]:
        """Return how many documents each topic has; "" stands for none."""


class Revisions(Protocol):
    """Keeps the texts on their way to publication, and the evidence of every step. One call is one transaction."""

    async def submit(self, revision: Revision, event: ReviewEvent) -> Revision:
        """Keep a new revision and return it with its id; the one under way of the same document becomes DROPPED."""

    async def get(self, revision_id: int) -> Revision:
        """Return a revision; raise UnknownRevision."""

    async def under_way(self, document_id: str) -> Revision | None:
        """Return the revision of a document that is still to be published, or None."""

    async def pending(
        self, *, state: ReviewState | None = None, text: str = "", offset: int = 0, limit: int = 50
    ) -> RevisionPage:
        """Return one page of revisions, oldest first: in this state, or with None all that are under way.

        `text` is part of title, 文号, author or document id.
        """

    async def record(self, revision: Revision, event: ReviewEvent) -> Revision:
        """Keep the revision as it now is and append the event, both or neither; return it with its new version.

        Raises StaleRevision when `revision.version` is no longer current, UnknownRevision.
        """

    async def publish(self, revision: Revision, event: ReviewEvent) -> Revision:
        """Record the step, put the document among the published ones and propose its repeals, all or nothing."""

    async def history(self, document_id: str) -> Sequence[ReviewEvent]:
        """Return every step on a document and its revisions, oldest first."""

    async def propose(self, document_id: str, named: Sequence[str], *, at: datetime) -> None:
        """Keep that a document says others are repealed; what it said before is not kept twice."""

    async def proposals(self, *, offset: int = 0, limit: int = 50) -> Sequence[RepealProposal]:
        """Return the proposals nobody has settled, oldest first."""

    async def proposal(self, proposal_id: int) -> RepealProposal | None:
        """Return a proposal nobody has settled, or None."""

    async def settle(self, proposal_id: int, event: ReviewEvent, *, repealed: Document | None = None) -> bool:
        """Take a proposal off the list with its event, and put the repealed document, all or nothing.

        `repealed` is None where the proposal is dismissed. False when it was settled before.
        """


class Origins(Protocol):
    """Keeps which source (a folder, a package, a file of records) brought each document last."""

    async def of(self, source: str) -> Mapping[str, str]:
        """Return the ids of the documents that a source brought last, each with its place in the source."""

    async def keep(self, source: str, places: Mapping[str, str]) -> None:
        """Make these the documents of a source, and no others; one that another source had is of this one now."""


class Intake(Protocol):
    """Takes in texts that an operator or editor brings."""

    async def admit(
        self,
        document: Document,
        *,
        by: str,
        repeals: Sequence[str] = (),
        draft: bool = False,
        dry_run: bool = False,
        dropped: str = "",
    ) -> Admission:
        """Publish a text where nothing stands in the way, else keep it as a draft that waits for review.

        With `draft` it always waits. With `dry_run` say only what would happen. `dropped` is what stood in the file
        outside the main text: a mark of secrecy there makes it wait too.
        """


class AnswerLog(Protocol):
    """Keeps every answer given, for explanation and calibration."""

    async def note(self, record: AnswerRecord) -> None:
        """Keep a record; may be written a moment later, in one batch with others."""

    async def judge(self, answer_id: str, *, resolved: bool) -> None:
        """Note the citizen's 是否解决; unknown ids are ignored."""

    async def recent(self, *, limit: int = 50) -> Sequence[AnswerRecord]:
        """Return the latest records, newest first."""

    async def verdicts(self, *, limit: int = 20_000) -> Sequence[AnswerRecord]:
        """Return the latest records that a citizen has judged, newest first."""


class Explainer(Protocol):
    """Explains how a question is answered (命中测试)."""

    async def explain(self, question: str) -> Explanation:
        """Return what `Retriever.find` finds for the question, and why; never raises for any text."""


class Vocabulary(Protocol):
    """Keeps the office's own synonyms and words, and which shipped ones it has switched off.

    Both take effect with the next generation.
    """

    async def put_synonym(self, synonym: Synonym, *, by: str) -> None:
        """Keep the entry of a word, in place of an earlier one."""

    async def remove_synonym(self, word: str) -> bool:
        """Drop the entry of a word; False when there was none."""

    async def synonyms(self) -> Sequence[KeptSynonym]:
        """Return every entry, in order of word."""

    async def put_word(self, word: str, use: WordUse, *, note: str = "", by: str) -> None:
        """Keep a dictionary word or a stop word, in place of an earlier entry of the same use."""

    async def remove_word(self, word: str, use: WordUse) -> bool:
        """Drop a word; False when there was none."""

    async def turn(self, listed: ShippedList, word: str, *, off: bool, by: str) -> None:
        """Switch an entry of a shipped list off, or on again; every turn is kept."""

    async def turns(self) -> Sequence[Turn]:
        """Return every turn, oldest first."""

    async def words(self) -> Sequence[KeptWord]:
        """Return every word, in order of word."""


class LinkedQuestions(Protocol):
    """Keeps the questions known to be answered by documents; they take effect with the next generation."""

    async def add(self, question: str, documents: Sequence[str], *, by: str, source: str = "") -> None:
        """Link a question to documents beside those it has; a link that exists stays as it is."""

    async def remove(self, question: str, document: str = "") -> bool:
        """Drop one link of a question, or all of them; False when there was none."""

    async def all(self) -> Sequence[Link]:
        """Return every link, oldest first."""

    async def for_document(self, document: str) -> Sequence[Link]:
        """Return the links to a document, oldest first."""


class Trials(Protocol):
    """Keeps the saved test questions (试题)."""

    async def put(self, question: str, document: str, *, by: str, note: str = "") -> None:
        """Keep a trial, in place of an earlier one of the same question; an empty document means: no answer."""

    async def remove(self, question: str) -> bool:
        """Drop a trial; False when there was none."""

    async def all(self) -> Sequence[Trial]:
        """Return every trial, oldest first."""


class Generations(Protocol):
    """The generations of the index: built aside, switched, and switched back."""

    async def all(self) -> Sequence[GenerationFacts]:
        """Return the generations on disk, newest first."""

    async def switches(self, *, limit: int = 50) -> Sequence[Switch]:
        """Return who switched from which to which generation, newest first."""

    async def reload(self, *, by: str, force: bool = False) -> bool:
        """Begin to build and switch in a process of its own; False while another reload is under way.

        `force` switches even when the documents became few or trials fail. How it goes is told by `progress`.
        """

    async def progress(self) -> Progress:
        """Return how far the reload is, whichever process runs it, or how the last one ended."""

    async def rollback(self, *, by: str) -> str:
        """Make the generation live that was so before, and return its id; raise UnknownGeneration."""

    async def run_trials(self) -> TrialReport:
        """Ask the saved test questions of the live generation, and tell what changed since it was built."""


class Announcements(Protocol):
    """Spreads the word that another generation is live. A hint only: it may get lost, and the folder says the truth."""

    async def announce(self, generation: str) -> None:
        """Tell every process; never fails."""

    async def heard(self, within: timedelta) -> None:
        """Return as soon as a generation is announced, at the latest after this time; for one task of a process."""
