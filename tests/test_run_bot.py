import asyncio
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.chronicle import switches
from knowledge.reloader import in_a_process
from knowledge.shelf import live_generation
from run_bot import main  # noqa: TID251  the command line is what is tested
from tests.architecture.sources import ROOT

DOCUMENTS = ROOT / "tests" / "conversations" / "documents"
# each command loads the dictionary, the first of them compiles the index's kernels
pytestmark = pytest.mark.timeout(90)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in an empty folder; gives its status, output and errors."""
    for name in [name for name in os.environ if name.upper().startswith("ZHENGDA")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str | Path) -> tuple[int, str, str]:
        status = main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        return status, written.out, written.err

    return command


def test_check_shows_every_setting_and_where_it_comes_from(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("office.toml").write_text('office.name = "浚县人民政府办公室"', encoding="utf-8")
    monkeypatch.setenv("ZHENGDA_SERVER__SECRET", "hidden" * 6)

    status, out, _ = run("check", "--config", "office.toml")

    assert status == 0
    assert "office.name = 浚县人民政府办公室    [office.toml]" in out.splitlines()
    assert "server.secret = （已填写，不显示）    [环境变量]" in out.splitlines()
    assert "server.port = 8000    [默认值]" in out.splitlines()
    assert "hidden" not in out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("check", "--config", "gone.toml"), "错误：没有配置文件 gone.toml"),
        (("rollback",), "错误："),
        (("evaluate", "gone.jsonl", "--documents", "gone.jsonl"), "错误："),
        (("calibrate",), "错误：已评价的检索回答 0 条"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(run: Run, arguments: tuple[str, ...], line: str) -> None:
    status, out, err = run(*arguments)

    assert (status, out) == (2, "")
    assert err.startswith(line)
    assert len(err.splitlines()) == 1


@pytest.mark.e2e
def test_documents_are_imported_asked_and_kept(run: Run) -> None:
    status, out, _ = run("import", DOCUMENTS)
    assert status == 0
    counts, unreviewed, *_ = out.splitlines()
    assert counts == "新增 6，更新 0，未变 0，移除 0，未导入 0"
    assert unreviewed == '6 份不经第二人审核直接发布；要一律先审核，设 review.command_line = "draft"。'

    _, answer, _ = run("ask", "云政〔2025〕8号", "--json")
    assert json.loads(answer)["sources"][0]["title"] == "云岭县高龄津贴发放办法"
    assert "高龄津贴" in run("ask", "云政〔2025〕8号")[1]

    rows = [json.loads(line) for line in run("import", DOCUMENTS, "--json", "--dry-run")[1].splitlines()]
    assert {row["result"] for row in rows} == {"unchanged"}
    assert run("import", DOCUMENTS, "--if-empty")[:2] == (0, "")


@pytest.mark.e2e
def test_an_import_that_was_broken_off_is_finished_at_the_next_start(run: Run) -> None:
    run("import", DOCUMENTS)
    shutil.rmtree("data/index")

    status, out, _ = run("import", DOCUMENTS, "--if-empty")

    assert status == 0
    assert "共 6 份文件" in out
    assert "高龄津贴" in run("ask", "云政〔2025〕8号")[1]


@pytest.mark.e2e
def test_a_file_that_cannot_be_read_is_named_with_its_reason(run: Run) -> None:
    Path("broken.jsonl").write_text("{", encoding="utf-8")

    status, out, err = run("import", "broken.jsonl")

    assert status == 1
    assert "未导入 1" in out
    assert err.startswith("未导入 broken.jsonl:1：")


@pytest.mark.e2e
def test_the_index_is_rebuilt_and_rolled_back(run: Run) -> None:
    run("import", DOCUMENTS)

    assert run("reload")[0] == 0
    status, out, _ = run("rollback")

    assert status == 0
    assert out.startswith("知识库已退回：")


def test_a_command_is_needed(run: Run) -> None:
    with pytest.raises(SystemExit) as leaving:
        run()

    assert leaving.value.code == 2


@pytest.mark.e2e
def test_a_rollback_stands_until_something_changes(run: Run) -> None:
    run("import", DOCUMENTS)
    Path("more.md").write_text("# 云岭县新办法\n\n第一条 新增加的内容在这里。", encoding="utf-8")
    run("import", "more.md")
    run("rollback")
    Path("broken.jsonl").write_text("{", encoding="utf-8")

    assert "知识库已更新" not in run("import", "broken.jsonl")[1]
    assert "知识库已更新" not in run("import", DOCUMENTS)[1]
    assert "新办法" not in run("ask", "云岭县新办法")[1]


@pytest.mark.e2e
def test_a_document_is_taken_out_at_once(run: Run) -> None:
    run("import", DOCUMENTS)
    document = json.loads(run("ask", "云政〔2025〕8号", "--json")[1])["sources"][0]["document"]

    assert run("remove", document, "--reason", "内容有误")[0] == 0
    assert json.loads(run("ask", "云政〔2025〕8号", "--json")[1])["route"] != "exact"
    # not even from the generation before
    run("rollback")
    assert json.loads(run("ask", "云政〔2025〕8号", "--json")[1])["route"] != "exact"
    status, _, err = run("remove", document, "--reason", "再来一次")
    assert status == 1
    assert document in err


@pytest.mark.e2e
def test_a_document_taken_out_comes_back_through_review_only(run: Run) -> None:
    run("import", DOCUMENTS)
    document = json.loads(run("ask", "云政〔2025〕8号", "--json")[1])["sources"][0]["document"]
    run("remove", document, "--reason", "内容有误")

    status, out, err = run("import", DOCUMENTS / "gaoling.md")

    assert status == 0
    assert out.splitlines() == ["新增 1，更新 0，未变 0，移除 0，未导入 0；其中 1 份待审核，未发布"]
    assert "下架：内容有误" in err
    assert json.loads(run("ask", "云政〔2025〕8号", "--json")[1])["route"] != "exact"


@pytest.mark.e2e
def test_a_text_with_personal_data_waits_for_review(run: Run) -> None:
    Path("list.md").write_text("# 云岭县救助名单公示\n\n张三，手机 13812345678，每月三百元。", encoding="utf-8")

    foretold = json.loads(run("import", "list.md", "--dry-run", "--json")[1])
    assert json.loads(run("import", "list.md", "--json")[1]) == foretold

    assert (foretold["result"], foretold["published"]) == ("created", False)
    assert foretold["reason"] == "待处理：1 处提示（手机号）"
    assert foretold["findings"] == [{"kind": "手机号", "line": 1, "excerpt": "张三，手机 138******78，每月三百元。"}]
    assert "救助名单" not in run("ask", "云岭县救助名单公示")[1]


@pytest.mark.e2e
def test_drafts_wait_for_review(run: Run) -> None:
    status, out, _ = run("import", DOCUMENTS, "--draft")

    assert status == 0
    assert out.splitlines()[0].endswith("；其中 6 份待审核，未发布")
    assert json.loads(run("ask", "云政〔2025〕8号", "--json")[1])["route"] != "exact"


@pytest.mark.e2e
def test_an_office_can_have_everything_reviewed_that_is_imported(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGDA_REVIEW__COMMAND_LINE", "draft")

    _, out, _ = run("import", DOCUMENTS)

    assert out.splitlines()[0].endswith("；其中 6 份待审核，未发布")
    assert "第二人" not in out
    assert json.loads(run("ask", "云政〔2025〕8号", "--json")[1])["route"] != "exact"


@pytest.mark.e2e
def test_what_a_folder_no_longer_has_is_told_and_goes_only_on_demand(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "政策"
    shutil.copytree(DOCUMENTS, folder)
    run("import", folder)
    (folder / "gaoling.md").unlink()

    rows = [json.loads(line) for line in run("import", folder, "--dry-run", "--json")[1].splitlines()]
    (row,) = [row for row in rows if row["result"] != "unchanged"]
    assert (row["result"], row["reason"]) == ("removed", "来源里已没有这份文件，仍在公开")
    assert row["title"] == "云岭县高龄津贴发放办法"

    status, out, err = run("import", folder)
    assert (status, out.splitlines()) == (
        0,
        ["新增 0，更新 0，未变 5，移除 0，未导入 0", "1 份在来源里已经没有，仍在公开；要一并下架，加 --prune。"],
    )
    assert err.startswith("仍公开 ")
    assert json.loads(run("ask", "云政〔2025〕8号", "--json")[1])["route"] == "exact"

    _, out, err = run("import", folder, "--prune")
    assert out.splitlines()[0] == "新增 0，更新 0，未变 5，移除 1，未导入 0"
    assert err.startswith("下架 ")
    assert json.loads(run("ask", "云政〔2025〕8号", "--json")[1])["route"] != "exact"


@pytest.mark.e2e
@pytest.mark.data
def test_the_sample_and_the_laws_are_answered_from_without_a_step_in_the_console(run: Run, shared_data: Path) -> None:
    status, out, err = run("import", ROOT / "config" / "sample" / "documents", shared_data / "law")

    assert status == 0
    # the sample's one document that is not public
    assert [line.partition("：")[2] for line in err.splitlines()] == [
        "待处理：公开属性是“依申请公开”，不进入知识库；没有用到的项：sample"
    ]
    assert out.splitlines()[0].endswith("；其中 1 份待审核，未发布")
    assert json.loads(run("ask", "国令第711号", "--json")[1])["route"] == "exact"


@pytest.mark.e2e
def test_a_new_invitation_opens_the_console_to_who_lost_the_password(run: Run) -> None:
    status, out, _ = run("staff", "--invite", "administrator")
    assert status == 0
    assert "http://127.0.0.1:8000/console/invite/" in out
    assert run("staff")[:2] == (0, "")


@pytest.mark.e2e
def test_a_question_linked_to_a_document_is_answered_from_it(run: Run) -> None:
    run("import", DOCUMENTS)
    document = json.loads(run("ask", "云政〔2025〕8号", "--json")[1])["sources"][0]["document"]
    question = "爷爷过八十大寿有红包吗"
    rows = [{"question": question, "documents": [document]}, {"question": question, "documents": ["没有的"]}]
    Path("links.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")

    status, out, err = run("link", "links.jsonl")

    assert status == 0
    assert out.startswith("新增 1，更新 0，未变 0，移除 0，未导入 1\n知识库已更新")
    assert "没有编号为 没有的 的文件" in err
    answer = json.loads(run("ask", question, "--json")[1])
    assert (answer["route"], answer["sources"][0]["document"]) == ("answered", document)


@pytest.mark.e2e
def test_every_switch_is_on_record_with_who_made_it(run: Run) -> None:
    run("import", DOCUMENTS)
    run("reload", "--by", "li")
    run("rollback", "--by", "wang")

    lines = [json.loads(line) for line in Path("data/index/switches.jsonl").read_text("utf-8").splitlines()]
    assert [(line["kind"], line["by"], line["documents"]) for line in lines] == [
        ("重建", "命令行", 6),
        ("重建", "li", 6),
        ("退回", "wang", 6),
    ]


@pytest.mark.e2e
def test_the_console_rebuilds_in_a_process_of_its_own(run: Run) -> None:
    run("import", DOCUMENTS)
    before = live_generation(Path("data/index"))
    command = [sys.executable, str(ROOT / "run_bot.py"), "reload", "--aside"]

    assert asyncio.run(in_a_process(command)("li", force=False)) == ""

    assert live_generation(Path("data/index")) != before
    (last, *_) = switches(Path("data/index"), limit=1)
    assert (last.by, last.before, last.documents) == ("li", before, 6)
    shutil.rmtree("data/index")
    Path("data/index").touch()
    assert "data/index" in asyncio.run(in_a_process(command)("li", force=False))
