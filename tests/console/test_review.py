import pytest

from console.auth import Staff
from console.ports import Role
from console.review import FORWARD, WHO, open_steps
from knowledge.revisions import Check, ReviewState, ReviewStep
from tests.console.conftest import Office, Visitor, hidden
from tests.console.markup import Element
from tests.console.shelf import fill

HERE = "/console/review"
CHECKS = [("check", check.name) for check in Check]


def actions(page: Element) -> set[str]:
    """Return the steps that a page has a form for."""
    return {
        form.attributes["action"].rpartition("/")[2]
        for form in page.one("main").all("form", method="post")
        if form.all("button")
    }


async def tick(visitor: Visitor, place: str, step: str, *more: tuple[str, str], status: int = 200) -> Element:
    """Send the form of a step with boxes ticked."""
    form = (await visitor.get(place)).one("form", action=f"{place}/{step}")
    fields = [*hidden(form).items(), *more]
    response = await visitor.client.post(f"{place}/{step}", data=fields)
    return await visitor._read(response, status)


async def test_a_text_goes_through_three_hands_to_publication(office: Office) -> None:
    await office.knowledge.review.submit((await fill(office)).returned.document, by="wang")
    revision = (await office.knowledge.review.revisions.pending(text="丙")).revisions[-1]
    place = f"{HERE}/{revision.id}"

    reviewer = await office.staff(Role.REVIEWER, "zhao")
    assert "审核已通过" in (await tick(reviewer, place, "review", *CHECKS, ("note", "同意"))).text
    secrecy = await office.staff(Role.SECRECY, "qian")
    assert "保密审查已通过" in (await tick(secrecy, place, "clear", *CHECKS)).text
    publisher = await office.staff(Role.PUBLISHER, "zhou")
    assert "已发布" in (await publisher.send(place, f"{place}/publish")).text

    assert await office.documents.get(revision.document.id)
    events = await office.knowledge.review.revisions.history(revision.document.id)
    assert [(event.step, event.actor) for event in events[-4:]] == [
        (ReviewStep.SUBMIT, "wang"),
        (ReviewStep.REVIEW, "zhao"),
        (ReviewStep.CLEAR, "qian"),
        (ReviewStep.PUBLISH, "zhou"),
    ]


async def test_a_checklist_with_gaps_is_refused_and_keeps_its_ticks(office: Office) -> None:
    shelf = await fill(office)
    place = f"{HERE}/{shelf.reviewed.id}"
    secrecy = await office.staff(Role.SECRECY, "qian")
    page = await tick(secrecy, place, "clear", *CHECKS[:4], ("note", "再看"), status=422)
    assert "没有办理：未确认：不需要或者已经取得其他机关确认。" in page.text
    assert len([box for box in page.all("input", name="check") if "checked" in box.attributes]) == 4
    assert page.one("textarea", name="note").text.strip() == "再看"


async def test_findings_are_resolved_with_a_reason_before_a_text_goes_on(office: Office) -> None:
    shelf = await fill(office)
    place = f"{HERE}/{shelf.draft.id}"
    reviewer = await office.staff(Role.REVIEWER, "zhao")
    assert "还有 1 条提示未处理" in (await tick(reviewer, place, "review", *CHECKS, status=422)).text
    page = await tick(reviewer, place, "resolve", ("concern", "1"), ("reason", " "), status=422)
    assert "checked" in page.one("input", name="concern").attributes
    page = await tick(reviewer, place, "resolve", ("concern", "1"), ("reason", "单位值班电话"))
    assert "已处理：单位值班电话（zhao" in page.text
    assert "审核已通过" in (await tick(reviewer, place, "review", *CHECKS)).text


async def test_a_text_is_returned_with_a_reason_that_its_author_reads(office: Office) -> None:
    shelf = await fill(office)
    place = f"{HERE}/{shelf.cleared.id}"
    publisher = await office.staff(Role.PUBLISHER, "zhou")
    assert "请写明退回的理由" in (await publisher.send(place, f"{place}/return", status=422, reason="")).text
    await publisher.send(place, f"{place}/return", reason="标题有错字")
    editor = await office.staff(Role.EDITOR, "wang")
    page = await editor.get(place)
    assert "已退回：标题有错字" in page.text
    assert actions(page) == {"drop"}
    assert page.all("a", href=f"{place}/edit")
    await editor.send(place, f"{place}/drop", reason="不发了")
    assert (await office.knowledge.review.revisions.get(shelf.cleared.id)).state is ReviewState.DROPPED


async def test_the_author_is_told_that_somebody_else_must_review(office: Office) -> None:
    shelf = await fill(office)
    place = f"{HERE}/{shelf.draft.id}"
    author = await office.staff(Role.REVIEWER, "wang")
    page = await author.get(place)
    assert "要由别人审核和保密审查" in page.text
    assert actions(page) == {"return"}
    token = hidden(page.one("form", action=f"{place}/return"))
    page = await author.post(f"{place}/review", token, status=403)
    assert "要由别人审核" in page.one("p", role="alert").text
    assert (await office.knowledge.review.revisions.get(shelf.draft.id)).state is ReviewState.DRAFT


@pytest.mark.parametrize("state", ["draft", "reviewed", "cleared", "returned"])
@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.SECRECY, Role.PUBLISHER])
async def test_a_page_offers_the_steps_open_to_its_reader_only(office: Office, role: Role, state: str) -> None:
    revision = getattr(await fill(office), state)
    page = await (await office.staff(role, "xu")).get(f"{HERE}/{revision.id}")
    expected = {step.name.lower() for step in open_steps(revision, Staff("xu", role, ""))} - {"edit"}
    if not revision.unresolved:
        expected.discard("resolve")
    assert actions(page) == expected
    forward = FORWARD[revision.state]
    if role not in WHO[forward]:
        assert "办理。" in page.text


async def test_a_stale_page_keeps_what_was_typed(office: Office) -> None:
    shelf = await fill(office)
    place = f"{HERE}/{shelf.cleared.id}"
    publisher = await office.staff(Role.PUBLISHER, "zhou")
    form = (await publisher.get(place)).one("form", action=f"{place}/return")
    await office.knowledge.review.revisions.record(
        shelf.cleared, (await office.knowledge.review.revisions.history(shelf.cleared.document.id))[-1]
    )
    page = await publisher.post(f"{place}/return", hidden(form), status=409, reason="标题有错字")
    assert "有同事动过这份文件" in page.text
    assert page.one("textarea", id="return-reason").text.strip() == "标题有错字"


async def test_a_reason_has_its_limit(office: Office) -> None:
    shelf = await fill(office)
    place = f"{HERE}/{shelf.cleared.id}"
    publisher = await office.staff(Role.PUBLISHER, "zhou")
    page = await publisher.send(place, f"{place}/return", status=422, reason="长" * 1001)
    assert "最多 1000 字" in page.text


async def test_the_queue_names_what_waits_for_whom(office: Office) -> None:
    await fill(office)
    secrecy = await office.staff(Role.SECRECY, "qian")
    page = await secrecy.get(f"{HERE}?state=已审核")
    assert "共 1 份" in page.text
    assert "等您保密审查" in page.text
    page = await secrecy.get(HERE)
    assert "共 4 份" in page.text
    assert "1 条未处理" in page.text
    assert "有 2 条待确认" in page.text
    assert "共 0 份" in (await secrecy.get(f"{HERE}?text=没有这个标题")).text


async def test_a_text_that_is_not_there_is_no_page(office: Office) -> None:
    visitor = await office.staff(Role.REVIEWER)
    await visitor.get(f"{HERE}/99", status=404)
    await visitor.get(f"{HERE}/{'9' * 19}", status=404)
