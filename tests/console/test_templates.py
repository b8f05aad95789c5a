"""What can be checked of every page without a browser (WCAG 2.1 AA, GB/T 37668-2019, the content security policy)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote

import pytest_asyncio

from bot.types import Option, Reply, Source
from console.ports import Role
from console.rooms import KNOWLEDGE
from knowledge.statistics import AnswerCount
from knowledge.types import Validity
from knowledge.upkeep import Progress, Stage
from register.docket import Deflections
from register.types import CaseKind, NewGap
from tests.console.conftest import Office, open_office
from tests.console.markup import Element
from tests.console.shelf import DIBAO, PERSONAL, QUESTION, Shelf, fill
from tests.fakes import MONDAY, a_document
from tests.notices import NEXT_YEAR
from tests.register.letters.samples import AGENCY

FIELDS = ("input", "select", "textarea")
SOURCE = Source("d", "办法", "文号", "机关", MONDAY.date(), "已废止", "https://example.gov.cn/", "第一条", "引文", 1.0)
REPLY = Reply("答", "answered_search", options=(Option("1", "已解决", "细节"),), sources=(SOURCE,))


async def public_pages(office: Office) -> AsyncIterator[tuple[str, Element]]:
    visitor = office.visitor()
    case = await office.case()
    await office.desk.answer(case.reference, "答", by="li", version=1)
    table = a_document(
        "表", text="# 一、甲\n|a|b|\n|-|-|\n|c|d|", topic="其他", url=SOURCE.url, validity=Validity.REPEALED
    )
    await office.documents.put(table, by="li")
    for path in (
        *("/", "/status", "/privacy", "/console/login"),
        *("/guide", "/catalogue", "/catalogue?text=x&topic=y&page=2", "/catalogue/%E8%A1%A8"),
    ):
        yield path, await visitor.get(path)
    office.chat.replies = [REPLY]
    yield "answer", await visitor.send("/", "/#log", text="问")
    yield "no question", await visitor.send("/", "/#log", status=422, text="")
    yield "status", await visitor.post("/status", reference=case.reference, code=case.code)
    yield "wrong code", await visitor.post("/status", status=404, reference=case.reference, code="x")
    yield "wrong password", await visitor.send("/console/login", "/console/login", status=401, name="x", password="x")
    invitation = f"/console/invite/{await office.auth.invite(Role.EDITOR)}"
    yield "invitation", await visitor.get(invitation)
    yield "weak password", await visitor.post(invitation, status=422)
    yield "no invitation", await visitor.get("/console/invite/x", status=410)
    yield "not found", await visitor.get("/console/nowhere", status=404)


async def staff_pages(office: Office) -> AsyncIterator[tuple[str, Element]]:
    administrator = await office.staff(Role.ADMINISTRATOR, "chen")
    yield "lonely", await administrator.get("/console")
    yield "accounts", await administrator.get("/console/accounts")
    security = await office.staff(Role.SECURITY, "gao")
    yield "appointing", await security.get("/console/accounts")
    yield "invited", await administrator.send("/console/accounts", "/console/accounts", role="officer")
    yield "settings", await administrator.get("/console/settings")
    yield "calendar", await administrator.get("/console/calendar")
    notice = await administrator.send("/console/calendar", "/console/calendar/notices", notice=NEXT_YEAR)
    yield "proposal", notice
    signer = await office.staff(Role.SIGNER, "wu")
    place = administrator.path
    yield "confirmed", await signer.send(place, f"{place}/confirm")
    yield "no notice", await signer.send("/console/calendar", "/console/calendar/notices", status=422, notice="甲")
    officer = await office.staff(Role.OFFICER, "li")
    yield "no statistics", await officer.get("/console/statistics")
    office.figures.counts = [AnswerCount(MONDAY.date() - timedelta(days=1), "web", "answered_search", "题", 9)]
    office.figures.shown = Deflections(2, 1, 1)
    yield "statistics", await officer.get("/console/statistics?first=2025-01-01")
    yield "no case", await officer.get("/console/queue")
    yield "no gap", await officer.get("/console/gaps")
    for number in range(21):
        await office.register.note_gap(NewGap(f"问{number}", f"问{number}", MONDAY, "g", "题", "近"))
        case = await office.case(f"问{number}")
    yield "dashboard", await officer.get("/console")
    yield "queue", await officer.get("/console/queue?page=2")
    yield "queue of one kind", await officer.get("/console/queue?kind=gap&page=2")
    yield "view kept", await officer.send("/console/queue?band=later", "/console/queue/views", name="视图")
    token = (await officer.get("/console/queue")).all("input", name="csrf")[0].attributes["value"]
    ticks = {"csrf": token, "case:浚县-2026-000001": "1", "case:x": "1"}
    yield "given away", await officer.post("/console/queue/assign", ticks, to_handler="li")
    auditor = await office.staff(Role.AUDITOR, "auditor-one")
    yield "audit", await auditor.get("/console/audit")
    yield "gaps", await officer.get("/console/gaps")
    await office.case("问3", kind=CaseKind.REQUEST)
    yield "gap to answer", await officer.get("/console/gaps/4/answer")
    yield "gap answered", await officer.send("/console/gaps/4/answer", "/console/gaps/4/answer", text="答")
    place = f"/console/cases/{case.reference}"
    yield "case", await officer.get(place)
    await office.desk.close(case.reference, "重复", by="li", version=1)
    yield "closed", await officer.get(f"{place}?done=close")
    (form, *_) = (await officer.get(place)).all("form", action="/console/logout")
    token = form.one("input").attributes["value"]
    yield "too late", await officer.post(f"{place}/answer", status=409, csrf=token, version="2", text="答")
    yield "no token", await officer.post(f"{place}/answer", status=403, text="答")


async def empty_knowledge_pages(office: Office) -> AsyncIterator[tuple[str, Element]]:
    editor = await office.staff(Role.EDITOR, "sun")
    for room in KNOWLEDGE:
        yield f"empty {room}", await editor.get(f"/console{room}")
    for place in ("/console/review/repeals", "/console/link", "/console/review/new"):
        yield f"empty {place}", await editor.get(place)
    yield "no files", await editor.upload("/console/imports", {}, status=422)
    yield "rows", await editor.upload("/console/imports", {"甲.txt": f"甲: {PERSONAL}".encode(), "乙.txt": b"x"})
    place = editor.path
    yield "stored", await editor.send(place, f"{place}/confirm")


async def editors_pages(office: Office) -> AsyncIterator[tuple[str, Element]]:
    editor = await office.staff(Role.EDITOR, "wang")
    mine = f"/console/documents/{quote(DIBAO.id)}"
    for place in (
        "/console/documents",
        mine,
        "/console/documents/old",
        "/console/documents/第0项政策",
        f"{mine}/versions/2",
        f"{mine}/edit",
        "/console/review/repeals",
        "/console/vocabulary",
        "/console/test-questions?run=1",
        f"/console/hit-test?question={QUESTION}",
        "/console/link?question=问&text=第",
        "/console/generations",
    ):
        yield place, await editor.get(place)
    yield "no reason", await editor.send(mine, f"{mine}/take-down", status=422, reason=" ")
    yield "no text", await editor.send(f"{mine}/edit", f"{mine}/edit", status=422, title="甲")
    words = "/console/vocabulary"
    yield (
        "no word",
        await editor.send(words, f"{words}/synonyms", status=422, word="甲", others="", direction="two_way"),
    )
    trials = "/console/test-questions"
    yield "which", await editor.send(trials, trials, status=422, question="问", document="项政策")


async def reviewers_pages(office: Office, shelf: Shelf) -> AsyncIterator[tuple[str, Element]]:
    texts = (shelf.draft, shelf.reviewed, shelf.cleared, shelf.returned)
    for role, name in (
        (Role.REVIEWER, "zhao"),
        (Role.SECRECY, "qian"),
        (Role.PUBLISHER, "zhou"),
        (Role.EDITOR, "wang"),
    ):
        visitor = await office.staff(role, name) if role is not Role.EDITOR else await office.again(name)
        yield f"{role} review", await visitor.get("/console/review")
        for text in texts:
            yield f"{role} {text.state}", await visitor.get(f"/console/review/{text.id}")
    publisher = await office.again("zhou")
    yield "publisher's generations", await publisher.get("/console/generations")
    office.generations.state = Progress(Stage.BUILDING, 3, 10, "zhou", MONDAY)
    yield "building", await publisher.get("/console/generations")
    office.generations.state = Progress(Stage.REFUSED, by="zhou", at=MONDAY, reason="文件少了")
    yield "refused", await publisher.get("/console/generations")


async def knowledge_pages(office: Office) -> AsyncIterator[tuple[str, Element]]:
    async for each in empty_knowledge_pages(office):
        yield each
    shelf = await fill(office)
    async for each in editors_pages(office):
        yield each
    async for each in reviewers_pages(office, shelf):
        yield each


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pages() -> dict[str, Element]:
    """Return every kind of page, by a name for the message."""
    async with open_office() as office:
        seen = {name: page async for name, page in public_pages(office)}
        seen |= {name: page async for name, page in staff_pages(office)}
        return seen | {name: page async for name, page in knowledge_pages(office)}


def names_of(field: Element, page: Element) -> str:
    named = [label.text.strip() for label in page.all("label") if label.attributes["for"] == field.attributes.get("id")]
    return "".join(named)


def test_every_page_has_a_language_a_title_and_one_heading_of_each_rank_on_the_way(
    pages: dict[str, Element],
) -> None:
    for name, page in pages.items():
        assert page.one("html").attributes["lang"] == "zh-CN", name
        assert page.one("head").one("title").text.strip(" ·"), name
        assert len(page.all("h1")) == 1, name
        ranks = [int(each.tag[1]) for each in page.walk() if each.tag in {"h1", "h2", "h3", "h4"}]
        assert all(after <= before + 1 for before, after in zip([0, *ranks], ranks, strict=False)), name


def test_every_field_has_a_label_and_every_button_and_link_a_text(pages: dict[str, Element]) -> None:
    for name, page in pages.items():
        for tag in FIELDS:
            for field in page.all(tag):
                assert field.attributes.get("type") == "hidden" or names_of(field, page), (name, field.attributes)
        for each in page.all("button") + page.all("a") + page.all("summary"):
            assert each.text.strip() or each.all("img"), (name, each.attributes)
        assert all("alt" in image.attributes for image in page.all("img")), name


def test_ids_are_unique_and_what_refers_to_one_finds_it(pages: dict[str, Element]) -> None:
    for name, page in pages.items():
        ids = [each.attributes["id"] for each in page.walk() if "id" in each.attributes]
        assert len(ids) == len(set(ids)), name
        for each in page.walk():
            for reference in ("for", "aria-describedby", "aria-labelledby"):
                assert set(each.attributes.get(reference, ids[0]).split()) <= set(ids), (name, each.attributes)


def test_landmarks_are_there_and_told_apart(pages: dict[str, Element]) -> None:
    for name, page in pages.items():
        assert page.one("main").attributes["id"] == "main", name
        assert page.one("a", **{"class": "skip"}).attributes["href"] == "#main", name
        labels = [nav.attributes["aria-label"] for nav in page.all("nav")]
        assert len(labels) == len(set(labels)), name


def test_nothing_on_a_page_needs_more_than_the_policy_allows(pages: dict[str, Element]) -> None:
    for name, page in pages.items():
        assert not page.all("style"), name
        assert all(script.attributes.get("src") and not script.text for script in page.all("script")), name
        for each in page.walk():
            assert not any(key == "style" or key.startswith("on") for key in each.attributes), (name, each.attributes)
            for key in ("src", "action"):
                assert each.attributes.get(key, "/").startswith("/"), (name, each.attributes)
        outside = {
            link.attributes["href"] for link in page.all("a") if not link.attributes["href"].startswith(("/", "#"))
        }
        assert outside <= {SOURCE.url, DIBAO.url, AGENCY.redress.online}, name


def test_every_form_that_changes_something_carries_a_token(pages: dict[str, Element]) -> None:
    for name, page in pages.items():
        for form in page.all("form", method="post"):
            tokens = [each for each in form.all("input", type="hidden") if each.attributes["name"] in {"csrf", "user"}]
            looks_only = form.attributes.get("action") == "/status"
            assert looks_only or (len(tokens) == 1 and tokens[0].attributes["value"]), (name, form.attributes)
