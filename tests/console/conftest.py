"""A console and the citizens' pages on fakes, served over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

import pytest
from aiohttp import ClientResponse, CookieJar, FormData, web
from aiohttp.test_utils import BaseTestServer, TestClient, TestServer
from argon2 import PasswordHasher

from bot.switches import Switchboard
from bot.types import Reply
from console.app import add_citizen_pages, create_console
from console.auth import Auth
from console.chancery import RequestDesk
from console.counter import Counter
from console.counter import Office as County
from console.filing import RequestForm
from console.knowledge import Knowledge
from console.openness import Openness
from console.oversight import Oversight
from console.pages import Pages
from console.passwords import Passwords
from console.ports import Role
from console.site import Site
from console.switchboard import Setting
from console.uploads import Uploads
from knowledge.concerns import scan
from knowledge.errors import UnknownGeneration
from knowledge.explanation import Explanation
from knowledge.origins import Origin
from knowledge.review import ReviewDesk
from knowledge.statistics import AnswerCount, Asked
from knowledge.synonyms import Direction, Synonym
from knowledge.types import Band, Document, Finding, Hit, ImportRow, Outcome
from knowledge.upkeep import GenerationFacts, Progress, Switch, TrialReport
from knowledge.vocabulary import Lexicon
from register.calendar import Calendar
from register.desk import Desk
from register.docket import Deflections
from register.lookup import Lookup
from register.ports import Register
from register.prompts import Prompt
from register.recomputation import Change
from register.statistics import Arrivals, Handled, Judged
from register.timekeeper import Timekeeper
from register.types import Case, CaseKind, NewCase
from storage.memory import (
    MemoryAccounts,
    MemoryCatalogue,
    MemoryDocuments,
    MemoryGazette,
    MemoryJournal,
    MemoryLinkedQuestions,
    MemoryQueue,
    MemoryRevisions,
    MemorySavedViews,
    MemorySwitches,
    MemoryTrials,
    MemoryVocabulary,
)
from tests.console.markup import Element, read
from tests.fakes import MONDAY, FakeRegister, FixedClock, a_document, a_finding
from tests.register.letters.samples import AGENCY
from tests.register.office import TERMS

SETTINGS = (
    Setting("office.name", "浚县", "默认值", "单位名称"),
    Setting("redis.url", "（未填写）", "环境变量", "共享"),
)
PASSWORD = "Right-Horse-7"
SHIPPED = Calendar.load(Path(__file__).resolve().parents[2] / "config" / "calendar")
COUNTY = County(("县住建局", "县民政局", "县人民政府办公室"), unread_days=3)


def cheap_passwords() -> Passwords:
    """Return passwords whose hash costs next to nothing."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass(slots=True)
class FakeRetriever:
    generation: str = "g-7"
    size: int = 42
    documents: dict[str, Document] = field(default_factory=dict)

    async def find(self, question: str) -> Finding:
        return a_finding(question, Band.ESCALATE)

    async def open(self, key: str, question: str) -> Hit:
        raise NotImplementedError

    async def document(self, wanted: str) -> Document | None:
        return self.documents.get(wanted)


@dataclass(slots=True)
class FakeExplainer:
    """Explains nothing but what it was told."""

    explanations: dict[str, Explanation] = field(default_factory=dict)

    async def explain(self, question: str) -> Explanation:
        nothing = Explanation(a_finding(question, Band.ESCALATE), "没有点名文件", "没有找到")
        return self.explanations.get(question, nothing)


SHIPPED_WORDS = Lexicon(
    stopwords=("的",),
    phrases=("请问",),
    synonyms=(
        Synonym("低保", ("最低生活保障",), Direction.TWO_WAY, note="简称", test="低保怎么申请"),
        Synonym("新农合", ("城乡居民基本医疗保险",), Direction.HISTORIC, note="旧名"),
    ),
)


@dataclass(slots=True)
class FakeImporter:
    """Makes a draft of every file that says "title: text", and refuses the rest; waits for `gate`.

    `departed` is a published document that no source has any more.
    """

    desk: ReviewDesk
    gate: asyncio.Event
    trouble: Exception | None = None
    departed: Document | None = None
    sources: list[str] = field(default_factory=list)
    runs: list[tuple[tuple[str, ...], str, bool]] = field(default_factory=list)

    async def run(
        self,
        paths: Sequence[Path],
        *,
        by: str,
        draft: bool = False,
        dry_run: bool = False,
        prune: bool = False,
        origin: Callable[[Path], Origin],
        progress: Callable[[int, int, str], None] | None = None,
    ) -> tuple[ImportRow, ...]:
        assert draft
        self.sources = [origin(path).source for path in paths]
        self.runs.append((tuple(path.name for path in paths), by, dry_run))
        if progress:
            progress(1, 2, "")
        await self.gate.wait()
        if self.trouble:
            raise self.trouble
        rows = [await self._row(path, by, dry_run=dry_run) for path in paths]
        if self.departed:
            place = f"{origin(paths[0]).base}/旧.txt"
            still = not prune
            rows.append(ImportRow(place, Outcome.REMOVED, "没有了", self.departed, published=still, departed=True))
        return tuple(rows)

    async def _row(self, path: Path, by: str, *, dry_run: bool) -> ImportRow:
        title, _, text = (await asyncio.to_thread(path.read_text)).partition(": ")
        if not text:
            return ImportRow(str(path), Outcome.REFUSED, f"{path} 是空的")
        document = a_document(title, text=text)
        if not dry_run:
            await self.desk.submit(document, by=by)
        return ImportRow(str(path), Outcome.CREATED, "", document, scan(document), published=False)


@dataclass(slots=True)
class FakeGenerations:
    """Generations as the test has them; `asked` is what was done to them."""

    listed: list[GenerationFacts] = field(default_factory=list)
    record: list[Switch] = field(default_factory=list)
    state: Progress = field(default_factory=Progress)
    report: TrialReport = field(default_factory=TrialReport)
    asked: list[tuple[str, str, bool]] = field(default_factory=list)

    async def all(self) -> list[GenerationFacts]:
        return self.listed

    async def switches(self, *, limit: int = 50) -> list[Switch]:
        return self.record[:limit]

    async def reload(self, *, by: str, force: bool = False) -> bool:
        self.asked.append(("reload", by, force))
        return not self.state.running

    async def progress(self) -> Progress:
        return self.state

    async def rollback(self, *, by: str) -> str:
        if len(self.listed) < 2:
            raise UnknownGeneration("没有可以退回的上一版知识库")
        self.asked.append(("rollback", by, False))
        return self.listed[1].id

    async def run_trials(self) -> TrialReport:
        return self.report


@dataclass(slots=True)
class FakeAlmanac:
    """The shipped calendar with what is confirmed; recomputing finds `moved`."""

    shipped: Calendar
    gazette: MemoryGazette = field(default_factory=MemoryGazette)
    texts: Mapping[str, str] = field(default_factory=dict)
    moved: tuple[Change, ...] = ()
    asked: list[tuple[str, str]] = field(default_factory=list)

    def assemble(self, texts: Mapping[str, str]) -> Calendar:
        return self.shipped.with_texts({name: text for name, text in texts.items() if text})

    async def publish(self) -> None:
        self.texts = await self.gazette.in_force()

    async def recompute(self, before: Calendar, after: Calendar) -> Sequence[Change]:
        self.asked.append((before.version, after.version))
        return self.moved

    def timekeeper(self, now: FixedClock) -> Timekeeper:
        return Timekeeper(
            self.gazette, self.assemble, lambda: self.assemble(self.texts), self.publish, self.recompute, now
        )


@dataclass(slots=True)
class FakeFigures:
    """Figures as the test has them, whatever the period."""

    counts: list[AnswerCount] = field(default_factory=list)
    questions: list[Asked] = field(default_factory=list)
    came: list[Arrivals] = field(default_factory=list)
    done: list[Handled] = field(default_factory=list)
    said: list[Judged] = field(default_factory=list)
    shown: Deflections = field(default_factory=lambda: Deflections(0, 0, 0))

    async def daily(self, first: date, last: date) -> list[AnswerCount]:
        return [each for each in self.counts if first <= each.day <= last]

    async def topical(self, first: date, last: date) -> list[AnswerCount]:
        return await self.daily(first, last)

    async def asked(self, first: date, last: date, *, least: int = 3, limit: int = 20) -> list[Asked]:
        return self.questions

    async def arrivals(self, first: date, last: date) -> list[Arrivals]:
        return self.came

    async def handled(self, first: date, last: date) -> list[Handled]:
        return self.done

    async def judged(self, first: date, last: date) -> list[Judged]:
        return self.said

    async def deflections(self, first: date, last: date) -> Deflections:
        return self.shown


@dataclass(slots=True)
class FakePrompts:
    """Shows what the test gave until it was seen."""

    given: list[Prompt] = field(default_factory=list)

    async def unseen(self, name: str, *, unassigned: bool) -> list[Prompt]:
        return [each for each in self.given if each.handler == name or (unassigned and not each.handler)]

    async def see(self, reference: str, *, by: str, at: datetime) -> None:
        self.given = [each for each in self.given if each.reference != reference]


@dataclass(slots=True)
class FakeChat:
    """Tokens "t-1", "t-2" … and replies from a list; what was asked is kept."""

    issued: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    replies: list[Reply | Exception] = field(default_factory=list)

    def issue(self) -> str:
        self.issued += 1
        return f"t-{self.issued}"

    def check(self, token: str) -> bool:
        return token in {f"t-{number}" for number in range(1, self.issued + 1)}

    async def answer(self, token: str, text: str) -> Reply:
        self.asked.append((token, text))
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


@dataclass(slots=True)
class Visitor:
    """A browser at the server; it keeps its cookies and sends forms as they stand on the page."""

    client: TestClient[web.Request, None]
    last: ClientResponse | None = None

    async def get(self, path: str, *, status: int = 200) -> Element:
        return await self._read(await self.client.get(path), status)

    async def post(
        self, path: str, fields: dict[str, str] | None = None, /, *, status: int = 200, **more: str
    ) -> Element:
        """Send these fields and nothing else."""
        return await self._read(await self.client.post(path, data=(fields or {}) | more), status)

    async def send(
        self, page: str, action: str, given: dict[str, str] | None = None, /, *, status: int = 200, **fields: str
    ) -> Element:
        """Open a page and send its form to `action`, with all its hidden fields."""
        form = (await self.get(page)).one("form", action=action, method="post")
        return await self.post(action, hidden(form) | (given or {}), status=status, **fields)

    async def send_files(
        self,
        page: Element,
        action: str,
        files: Mapping[str, tuple[str, bytes]],
        fields: Mapping[str, str] = MappingProxyType({}),
        *,
        status: int = 200,
    ) -> Element:
        """Send a form as it stands on a page, with other fields and files: (name, content) by field."""
        data = FormData(default_to_multipart=True, quote_fields=False)
        for name, value in (hidden(page.one("form", action=action, method="post")) | dict(fields)).items():
            data.add_field(name, value)
        for name, (filename, content) in files.items():
            data.add_field(name, content, filename=filename, content_type="application/octet-stream")
        return await self._read(await self.client.post(action, data=data), status)

    async def upload(
        self, page: str, files: dict[str, bytes], *, status: int = 200, csrf: str | None = None
    ) -> Element:
        """Open a page and send its form with these files."""
        form = (await self.get(page)).one("form", enctype="multipart/form-data")
        data = FormData(default_to_multipart=True, quote_fields=False)
        for name, value in hidden(form).items():
            data.add_field(name, value if csrf is None else csrf)
        for name, content in files.items():
            data.add_field("files", content, filename=name, content_type="application/octet-stream")
        return await self._read(await self.client.post(form.attributes["action"], data=data), status)

    async def _read(self, response: ClientResponse, status: int) -> Element:
        self.last = response
        text = await response.text()
        assert response.status == status, text
        return read(text)

    @property
    def path(self) -> str:
        assert self.last
        return self.last.url.raw_path_qs


def hidden(form: Element) -> dict[str, str]:
    """Return the hidden fields of a form."""
    return {each.attributes["name"]: each.attributes["value"] for each in form.all("input", type="hidden")}


@dataclass(slots=True)
class Office:
    """Everything behind the pages, and a door for visitors."""

    server: BaseTestServer
    clock: FixedClock
    register: FakeRegister
    accounts: MemoryAccounts
    documents: MemoryDocuments
    chat: FakeChat
    auth: Auth
    desk: Desk
    counter: Counter
    journal: MemoryJournal
    retriever: FakeRetriever
    knowledge: Knowledge
    explainer: FakeExplainer
    generations: FakeGenerations
    importer: FakeImporter
    almanac: FakeAlmanac
    switchboard: Switchboard
    figures: FakeFigures
    prompts: FakePrompts
    clients: list[TestClient[web.Request, None]] = field(default_factory=list)

    def visitor(self) -> Visitor:
        client: TestClient[web.Request, None] = TestClient(self.server, cookie_jar=CookieJar(unsafe=True))
        self.clients.append(client)
        return Visitor(client)

    async def account(self, role: Role, name: str, department: str = "") -> None:
        await self.auth.redeem(await self.auth.invite(role, department), name, PASSWORD)

    async def staff(self, role: Role, name: str = "li", department: str = "") -> Visitor:
        """Return a browser in which somebody new with this role is logged in."""
        await self.account(role, name, department)
        return await self.again(name)

    async def again(self, name: str) -> Visitor:
        """Return another browser in which somebody is logged in."""
        visitor = self.visitor()
        await visitor.send("/console/login", "/console/login", name=name, password=PASSWORD)
        assert visitor.path == "/console"
        return visitor

    async def case(
        self,
        question: str = "老旧小区加装电梯补贴多少？",
        *,
        due_on: date = date(2026, 3, 9),
        department: str = "县住建局",
        kind: CaseKind = CaseKind.INQUIRY,
        paused: bool = False,
    ) -> Case:
        return await self.register.open(
            NewCase(
                source=f"web:u:{len(self.register.cases)}",
                kind=kind,
                question=question,
                channel="wechat/main",
                user="u",
                received_at=MONDAY,
                due_on=due_on,
                provisional=False,
                department=department,
                paused=paused,
                evidence="《甲办法》 第三条 得分 3.20\n《乙办法》 得分 2.11",
            )
        )


@asynccontextmanager
async def open_office(requests: RequestDesk | None = None, register: Register | None = None) -> AsyncIterator[Office]:
    """Serve an office's pages over plain HTTP; formal requests come with the register that keeps their cases."""
    with TemporaryDirectory() as folder:
        async with _open_office(Path(folder), requests, register) as office:
            yield office


def _form(requests: RequestDesk, retriever: FakeRetriever, chat: FakeChat) -> Callable[[Pages], RequestForm]:
    return lambda pages: RequestForm(
        pages=pages,
        office=requests.office,
        retriever=retriever,
        issue_token=chat.issue,
        subject=lambda token: token if chat.check(token) else None,
        department=requests.department,
        allow=lambda _request: True,
        files=requests.files,
    )


@asynccontextmanager
async def _open_office(folder: Path, requests: RequestDesk | None, kept: Register | None) -> AsyncIterator[Office]:
    clock = FixedClock()
    register, documents = FakeRegister(), MemoryDocuments(now=clock)
    journal = MemoryJournal(register.events)
    accounts = MemoryAccounts(journal)
    passwords, chat, desk = cheap_passwords(), FakeChat(), Desk(kept or register, clock)
    queue = MemoryQueue(register.cases, register.events, register.open_gaps)
    counter = Counter(queue, accounts, MemorySavedViews(), lambda: SHIPPED, clock, COUNTY)
    retriever = FakeRetriever()
    explainer, generations = FakeExplainer(), FakeGenerations()
    review = ReviewDesk(MemoryRevisions(documents), documents, clock)
    importer = FakeImporter(review, asyncio.Event())
    importer.gate.set()
    knowledge = Knowledge(
        review=review,
        importer=lambda: importer,
        uploads=Uploads(folder / "uploads", clock),
        links=MemoryLinkedQuestions(now=clock),
        vocabulary=MemoryVocabulary(now=clock),
        shipped=SHIPPED_WORDS,
        trials=MemoryTrials(now=clock),
        generations=generations,
        explainer=explainer,
        normalise=str.strip,
        topics=("社会救助", "住房保障"),
    )
    almanac = FakeAlmanac(SHIPPED)
    switchboard, figures = Switchboard(MemorySwitches()), FakeFigures()
    prompts = FakePrompts()
    timekeeper = almanac.timekeeper(clock)
    site = Site("浚县人民政府办公室", hotline="0392-0000000", secure_cookies=False, trusted_proxies=("127.0.0.1",))
    app = web.Application()
    app.add_subapp(
        "/console",
        create_console(
            accounts=accounts,
            desk=desk,
            counter=counter,
            journal=journal,
            retriever=retriever,
            knowledge=knowledge,
            requests=requests,
            oversight=Oversight(
                timekeeper,
                switchboard,
                ("web", "wechat/main"),
                settings=lambda: SETTINGS,
                now=clock,
                figures=figures,
                prompts=prompts,
            ),
            site=site,
            now=clock,
            passwords=passwords,
        ),
    )
    add_citizen_pages(
        app,
        site=site,
        lookup=Lookup(kept or register, clock, requests.office.requests if requests is not None else None),
        issue_token=chat.issue,
        check_token=chat.check,
        chat=chat.answer,
        openness=Openness(
            MemoryCatalogue(documents), ("社会救助", "住房保障"), (TERMS,), clock, agency=AGENCY, fees=True
        ),
        form=_form(requests, retriever, chat) if requests is not None else None,
        requests=requests,
    )
    async with TestServer(app) as server:
        auth = Auth(accounts, clock, passwords)
        made = Office(
            server,
            clock,
            register,
            accounts,
            documents,
            chat,
            auth,
            desk,
            counter,
            journal,
            retriever,
            knowledge,
            explainer,
            generations,
            importer,
            almanac,
            switchboard,
            figures,
            prompts,
        )
        yield made
        for client in made.clients:
            await client.session.close()


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """Return an office of its own for each test."""
    async with open_office() as made:
        yield made
