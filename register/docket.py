"""A formal request as it is kept: its case, its statutory events, and what the queue reads without opening them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from register.filing import Category
from register.limits import Quota
from register.outcomes import Outcome
from register.request import Event
from register.steps import Stage
from register.types import Case, Notice, Status


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a request without its personal data, made anew from its events with each of them.

    `due_on` is None while the clock stands still or has not begun; it was read with the `calendar` of this version
    (empty: not known). `hastened`: another calendar took days away, and nobody has acted since. `applicant` is the
    blind mark of who applied: equal for one applicant, and telling nothing else. `decided_on` and `outcome` are those
    of the last reply, `delivered_on` the day that decides whether it was `on_time` (None: no reply). `parent` is the
    request that this one was split off from, `merged_into` the one that answers it too.
    """

    stage: Stage
    status: Status
    category: Category
    applicant: str
    received_on: date | None = None
    due_on: date | None = None
    provisional: bool = False
    calendar: str = ""
    hastened: bool = False
    department: str = ""
    handler: str = ""
    outcome: Outcome | None = None
    decided_on: date | None = None
    delivered_on: date | None = None
    on_time: bool | None = None
    parent: str = ""
    merged_into: str = ""
    closed_on: date | None = None

    @property
    def split(self) -> bool:
        """Whether it ended because each of its matters is a request of its own now (拆案)."""
        return self.stage is Stage.CLOSED and self.outcome is None and not self.merged_into


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What is needed to keep a filed request. One `source` files one request, however often it is sent.

    `question` is kept in clear, for the queue to be searched: what was asked, without numbers that name a person.
    `due_on` is shown until the clock tells a day. `events` begin with the submission. `quotas` count a new request on
    the day `on` for each of theirs, and stop it where one is used up.
    """

    source: str
    question: str
    channel: str
    user: str
    received_at: datetime
    due_on: date
    head: Head
    events: tuple[Event, ...]
    evidence: str = ""
    on: date | None = None
    quotas: tuple[Quota, ...] = ()


@dataclass(frozen=True, slots=True)
class Docket:
    """A request with its whole history, oldest event first."""

    case: Case
    head: Head
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A letter (文书) as it was made, in the version that was signed or sent: never changed, made again as a new one.

    `number` is the 文号, unique, or empty for letters without one. `digest` is the SHA-256 (hex) of `text`; `html` is
    for printing, `docx` the file.
    """

    kind: str
    number: str
    at: datetime
    by: str
    text: str
    html: str
    docx: bytes
    digest: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What goes out with a step: letters, and the word in the chat."""

    papers: Sequence[Paper] = ()
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A request split off another (拆案). `acknowledge` makes its receipt, once its number and code are known."""

    request: NewRequest
    acknowledge: Callable[[Docket], Outgoing]


@dataclass(frozen=True, slots=True)
class Reveal:
    """One look at personal data that is masked otherwise: who, when, what of which request, and why."""

    reference: str
    at: datetime
    actor: str
    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class Deflections:
    """How often published texts were shown before a form, opened, and opened with no form filed afterwards."""

    shown: int
    viewed: int
    answered: int

    @property
    def view_rate(self) -> float:
        """Opened, of those shown."""
        return self.viewed / self.shown if self.shown else 0.0

    @property
    def anyway_rate(self) -> float:
        """Opened and filed all the same, of those shown: what was shown did not answer."""
        return (self.viewed - self.answered) / self.shown if self.shown else 0.0

    @property
    def answer_rate(self) -> float:
        """Opened and then not filed, of those shown."""
        return self.answered / self.shown if self.shown else 0.0
