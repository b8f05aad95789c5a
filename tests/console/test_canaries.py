"""Whatever anybody can open without a login tells nothing about who applied (requests.md §6, 15)."""

from collections.abc import AsyncIterator
from urllib.parse import urljoin, urlsplit

import pytest

from register.filing import Citizen, Document, Identity
from register.outcomes import Outcome
from tests.console.chancery import Chancery, open_chancery
from tests.console.conftest import Office, hidden
from tests.console.test_folder import FORM, PNG, form_of

CANARIES = (
    "金丝雀",
    "13987654321",
    "11010519491231002X",
    "canary@example.com",
    "黄莺巷",
    "羽毛.png",
)
APPLICANT = FORM | {
    "name": "金丝雀",
    "phone": "13987654321",
    "route": "email",
    "email": "canary@example.com",
    "address": "黄莺巷 9 号",
}
INSIDE = ("/console", "/console/queue", "/console/report", "/console/accounts", "/console/report/2026.json")


@pytest.fixture
async def chancery(sqlite_url: str) -> AsyncIterator[Chancery]:
    """An office with a closed request of the canary, filed with a file."""
    async with open_chancery(sqlite_url) as opened:
        yield opened


async def crawled(office: Office) -> dict[str, str]:
    """Every page and file that links lead to from the first page, and the pages inside that nobody may see."""
    client = office.visitor().client
    seen: dict[str, str] = {}
    waiting = ["/", "/request", "/request?description=预算", "/status", "/guide", "/catalogue", *INSIDE]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        response = await client.get(path)
        seen[path] = (await response.read()).decode("utf-8", "replace")
        if "html" not in response.content_type:
            continue
        for link in hrefs(seen[path]):
            target = urlsplit(urljoin(path, link))
            if not target.netloc and target.path.startswith("/"):
                waiting.append(f"{target.path}{'?' + target.query if target.query else ''}")
    return seen


def hrefs(page: str) -> list[str]:
    return [part.partition('"')[0].replace("&amp;", "&") for part in page.split('href="')[1:]]


async def test_no_public_page_and_no_export_tells_who_applied(chancery: Chancery) -> None:
    citizen = chancery.office.visitor()
    files = {"file-identity": ("羽毛.png", PNG)}
    receipt = await citizen.send_files(await form_of(citizen), "/request", files, APPLICANT)
    assert "申请已提交" in receipt.text
    (docket,) = [docket async for docket in chancery.desk.requests.all()]
    applicant = docket.events[0].act.filing and docket.events[0].act.filing.applicant
    assert isinstance(applicant, Citizen)
    assert applicant.identity == Identity(Document.RESIDENT_ID, "11010519491231002X")

    pages = await crawled(chancery.office)

    assert len(pages) > len(INSIDE) + 5
    for path, page in pages.items():
        for canary in CANARIES:
            assert canary not in page, (path, canary)
        assert docket.case.code not in page, path


async def test_a_wrong_code_tells_nothing_either(chancery: Chancery) -> None:
    file = await chancery.signed()
    case, visitor = file.docket.case, chancery.office.visitor()
    for path in ("/status", "/status/file"):
        page = await visitor.post(path, {"reference": case.reference, "code": "WRONG234", "key": "0" * 32}, status=404)
        assert Outcome.OPEN_PROVIDED not in page.text
        assert "张三" not in page.text
        assert hidden(page.one("form", action="/status")) == {}
