from console.ports import Role
from knowledge.types import Validity
from tests.console.conftest import Office, hidden
from tests.console.shelf import DIBAO, OLD, fill
from tests.fakes import a_document

HERE = "/console/review/repeals"


async def test_a_confirmed_repeal_marks_the_old_document_with_its_successor(office: Office) -> None:
    await office.documents.put(a_document("旧办法", id="before", number="云政〔2010〕1号"), by="wang")
    await office.documents.put(DIBAO, by="wang")
    await office.knowledge.review.revisions.propose(DIBAO.id, ("云政〔2010〕1号",), at=office.clock())
    (proposal,) = await office.knowledge.review.revisions.proposals()
    editor = await office.staff(Role.EDITOR)
    page = await editor.get(HERE)
    assert [option.attributes["value"] for option in page.all("option")] == ["before"]

    page = await editor.send(HERE, f"{HERE}/{proposal.id}/confirm", document="before")

    assert "已标为废止" in page.text
    assert "没有待确认的废止" in page.text
    old = await office.documents.get("before")
    assert old
    assert (old.validity, old.successor) == (Validity.REPEALED, DIBAO.id)


async def test_a_name_that_means_nothing_here_needs_an_id_or_is_dismissed(office: Office) -> None:
    await fill(office)
    _, unknown = await office.knowledge.review.revisions.proposals()
    editor = await office.staff(Role.EDITOR)
    place = f"{HERE}/{unknown.id}"
    page = await editor.send(HERE, f"{place}/confirm", status=422, document="nowhere")
    assert "没有找到这份文件" in page.text
    page = await editor.send(HERE, f"{place}/confirm", status=422, document=DIBAO.id)
    assert "文件不能废止自己" in page.text
    page = await editor.send(HERE, f"{place}/dismiss", status=422, reason=" ")
    assert "请写明理由" in page.text
    page = await editor.send(HERE, f"{place}/dismiss", reason="不是我们的文件")
    assert "已不采纳" in page.text
    assert len(await office.knowledge.review.revisions.proposals()) == 1


async def test_a_proposal_settled_meanwhile_is_said_to_be(office: Office) -> None:
    await fill(office)
    first, _ = await office.knowledge.review.revisions.proposals()
    editor = await office.staff(Role.EDITOR)
    form = hidden((await editor.get(HERE)).one("form", action=f"{HERE}/{first.id}/confirm"))
    await office.knowledge.review.confirm_repeal(first.id, OLD.id, by="wang")
    for step, fields in (("confirm", {"document": OLD.id}), ("dismiss", {"reason": "重复"})):
        page = await editor.post(f"{HERE}/{first.id}/{step}", form | fields, status=409)
        assert "刚才已有同事处理" in page.text


async def test_a_number_in_other_brackets_means_the_same_document(office: Office) -> None:
    before = a_document("旧办法", id="before", number="云政〔2010〕1号")
    await office.documents.put(before, by="wang")
    office.retriever.documents["云政[2010]1号"] = before
    await office.knowledge.review.revisions.propose("x", ("云政[2010]1号", "《旧办法》"), at=office.clock())
    page = await (await office.staff(Role.EDITOR)).get(HERE)
    assert [option.attributes["value"] for option in page.all("option")] == ["before", "before"]
