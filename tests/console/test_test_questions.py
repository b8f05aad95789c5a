import pytest

from console.ports import Role
from tests.console.conftest import Office
from tests.console.shelf import DIBAO, a_report, fill
from tests.fakes import a_document

HERE = "/console/test-questions"


async def test_a_test_question_is_kept_with_the_document_that_its_title_means(office: Office) -> None:
    await office.documents.put(DIBAO, by="wang")
    visitor = await office.staff(Role.EDITOR, "wang")
    page = await visitor.send(HERE, HERE, question=" 低保 怎么申请 ", document="低保办法", note="常问")
    assert "测试题已保存" in page.text
    (trial,) = await office.knowledge.trials.all()
    assert (trial.question, trial.document, trial.by, trial.note) == ("低保 怎么申请", DIBAO.id, "wang", "常问")


async def test_of_several_documents_one_is_chosen(office: Office) -> None:
    for title in ("低保办法", "低保解读"):
        await office.documents.put(a_document(title), by="wang")
    visitor = await office.staff(Role.EDITOR)
    page = await visitor.send(HERE, HERE, status=422, question="低保", document="低保")
    assert "请选一份" in page.text
    assert [option.attributes["value"] for option in page.one("select", name="document").all("option")] == [
        "低保办法",
        "低保解读",
    ]
    assert page.one("input", id="question").attributes["value"] == "低保"


async def test_a_question_that_must_not_be_answered_needs_no_document(office: Office) -> None:
    visitor = await office.staff(Role.OFFICER)
    await visitor.send(HERE, HERE, question="怎么炖排骨", none="yes", document="")
    (trial,) = await office.knowledge.trials.all()
    assert trial.document == ""


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"question": " ", "none": "yes"}, "请写问题"),
        ({"question": "长" * 201, "none": "yes"}, "最多 200 字"),
        ({"question": "问", "document": "nowhere"}, "没有找到这份文件"),
        ({"question": "问"}, "没有找到这份文件"),
    ],
)
async def test_what_cannot_be_kept_is_said(office: Office, fields: dict[str, str], message: str) -> None:
    visitor = await office.staff(Role.EDITOR)
    page = await visitor.send(HERE, HERE, status=422, **fields)
    assert message in page.one("p", role="alert").text
    assert not await office.knowledge.trials.all()


async def test_a_run_tells_how_each_question_goes(office: Office) -> None:
    await fill(office)
    page = await (await office.staff(Role.EDITOR)).get(f"{HERE}?run=1")
    assert "3 题，通过 2 题，其中 1 题在建立版本时通过、现在不通过" in page.text
    rows = [row.text for row in page.one("tbody").all("tr")]
    assert "通过" in rows[0]
    assert "不应有答案" in rows[1]
    assert "建立版本时未通过" in rows[1]
    assert "未通过" in rows[2]
    assert "排在最前：低保细则" in rows[2]
    assert "这份文件已不在知识库中" in rows[2]


async def test_nothing_is_run_unasked(office: Office) -> None:
    await fill(office)
    page = await (await office.staff(Role.EDITOR)).get(HERE)
    assert a_report().total == 3
    assert "共 3 题" in page.text
    assert "结果" not in page.one("thead").text


async def test_a_test_question_is_removed(office: Office) -> None:
    await office.knowledge.trials.put("问", "", by="wang")
    page = await (await office.staff(Role.PUBLISHER)).send(HERE, f"{HERE}/remove")
    assert "测试题已删除" in page.text
    assert not await office.knowledge.trials.all()


async def test_from_a_gap_the_question_is_filled_in(office: Office) -> None:
    page = await (await office.staff(Role.OFFICER)).get(f"{HERE}?question=哪里办居住证")
    assert page.one("input", id="question").attributes["value"] == "哪里办居住证"
