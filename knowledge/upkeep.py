"""The nouns of the upkeep: the office's own words, linked questions, trials, and the generations of the index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from knowledge.synonyms import Synonym
from knowledge.types import Band

MAX_SHRINK = 0.2
"""Share of the documents that may go at once without somebody insisting on it."""


class WordUse(StrEnum):
    """What one of the office's own words is kept for."""

    DICTIONARY = "词典词"
    """Never cut apart when texts are segmented."""
    STOP = "停用词"
    """Carries no meaning in a question."""


@dataclass(frozen=True, slots=True)
class KeptSynonym:
    """A synonym of the office's own, with who entered it last and when."""

    synonym: Synonym
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptWord:
    """A word of the office's own, with why it is kept, who entered it last and when."""

    word: str
    use: WordUse
    note: str
    by: str
    at: datetime


class ShippedList(StrEnum):
    """A list of words that comes with the software."""

    SYNONYMS = "同义词"
    DICTIONARY = "词典词"
    STOPWORDS = "停用词"
    PHRASES = "问法"
    """Said when asking, left out of the question."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An entry of a shipped list switched off or on again: by whom and when. The last one of an entry holds."""

    listed: ShippedList
    word: str
    off: bool
    by: str
    at: datetime


def switched_off(turns: Sequence[Turn]) -> Mapping[tuple[ShippedList, str], Turn]:
    """Return the entries that are off after all these turns, oldest first, each with the turn that did it."""
    last = {(turn.listed, turn.word): turn for turn in turns}
    return {entry: turn for entry, turn in last.items() if turn.off}


@dataclass(frozen=True, slots=True)
class Link:
    """A question known to be answered by a document. `source` is the reference of the case it came from, or empty."""

    question: str
    document: str
    by: str
    at: datetime
    source: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A saved test question (试题) with the id of the document that must answer it; empty where none may."""

    question: str
    document: str
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What a generation did with a trial.

    Passed means: the document is the answer or one of the candidates shown; for a trial without a document, that
    nothing is given as the answer. `found` is the id of the first document, shown or not; empty where there is none.
    """

    question: str
    document: str
    passed: bool
    band: Band
    found: str


@dataclass(frozen=True, slots=True)
class TrialChange:
    """One trial in the live generation and in the next. `before` is None while no generation is live."""

    before: TrialResult | None
    after: TrialResult

    @property
    def broken(self) -> bool:
        """Whether the live generation passes and the next fails."""
        return self.before is not None and self.before.passed and not self.after.passed

    @property
    def fixed(self) -> bool:
        """Whether the live generation fails and the next passes."""
        return self.before is not None and self.after.passed and not self.before.passed


@dataclass(frozen=True, slots=True)
class TrialReport:
    """All trials, in the order they are kept."""

    changes: tuple[TrialChange, ...] = ()

    @property
    def total(self) -> int:
        """How many trials there are."""
        return len(self.changes)

    @property
    def passed(self) -> int:
        """How many pass in the next generation."""
        return sum(change.after.passed for change in self.changes)

    @property
    def broken(self) -> tuple[TrialChange, ...]:
        """Those that the live generation passes and the next fails."""
        return tuple(change for change in self.changes if change.broken)

    @property
    def fixed(self) -> tuple[TrialChange, ...]:
        """Those that the live generation fails and the next passes."""
        return tuple(change for change in self.changes if change.fixed)


class Standing(StrEnum):
    """Where a generation on disk stands."""

    LIVE = "使用中"
    PREVIOUS = "上一版"
    KEPT = "留存"


@dataclass(frozen=True, slots=True)
class GenerationFacts:
    """A generation on disk. `by` and `trials` are empty for one that was built without them."""

    id: str
    standing: Standing
    built_at: datetime
    documents: int
    passages: int
    links: int = 0
    by: str = ""
    trials: TrialReport = TrialReport()


class SwitchKind(StrEnum):
    """Why another generation became live, or did not."""

    RELOAD = "重建"
    ROLLBACK = "退回"
    REFUSED = "未切换"


@dataclass(frozen=True, slots=True)
class Switch:
    """One line of the record of switches; `after` was refused where `kind` is REFUSED, for the Chinese `reason`."""

    at: datetime
    by: str
    kind: SwitchKind
    before: str
    after: str
    documents: int = 0
    passages: int = 0
    trials: int = 0
    passed: int = 0
    broken: tuple[str, ...] = ()
    """The questions of the trials that the new generation no longer passes."""
    reason: str = ""


class Stage(StrEnum):
    """How far a reload is."""

    NONE = "未开始"
    STARTING = "启动"
    READING = "读取文件"
    BUILDING = "建立索引"
    CHECKING = "检查"
    DONE = "已切换"
    REFUSED = "未切换"
    BROKEN_OFF = "中断"


RUNNING = (Stage.STARTING, Stage.READING, Stage.BUILDING, Stage.CHECKING)


@dataclass(frozen=True, slots=True)
class Progress:
    """The reload under way, or how the last one ended. `done` of `total` counts what the stage works on."""

    stage: Stage = Stage.NONE
    done: int = 0
    total: int = 0
    by: str = ""
    at: datetime | None = None
    """When the stage began."""
    generation: str = ""
    """The one built; known from DONE and REFUSED on."""
    reason: str = ""
    """Why it was refused or broken off, in Chinese."""

    @property
    def running(self) -> bool:
        """Whether a reload is under way."""
        return self.stage in RUNNING


def grouped(links: Sequence[Link]) -> dict[str, tuple[str, ...]]:
    """Return the documents of each linked question, in the order they were linked."""
    documents: dict[str, dict[str, None]] = {}
    for link in links:
        documents.setdefault(link.question, {})[link.document] = None
    return {question: tuple(listed) for question, listed in documents.items()}
