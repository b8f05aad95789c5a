import csv
import io

from console.journal import Deed
from console.ports import Role
from register.types import NewGap
from tests.console.conftest import Office
from tests.fakes import MONDAY

PLACE = "/console/queue.csv"
HOUSING, CIVIL = "县住建局", "县民政局"


async def table(office: Office, query: str = "", *, department: str = "") -> list[list[str]]:
    visitor = await office.staff(Role.OFFICER, department=department)
    async with visitor.client.get(f"{PLACE}{query}") as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert response.headers["Content-Disposition"] == 'attachment; filename="queue-20260302.csv"'
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        text = await response.text(encoding="utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


async def test_the_table_holds_every_line_without_a_citizens_words(office: Office) -> None:
    case = await office.case("张三，身份证 11010519491231002X，电梯补贴")
    await office.register.note_gap(NewGap("李四问居住证", "李四问居住证", MONDAY, "g", department=CIVIL))

    head, first, gap = await table(office)

    assert head[:3] == ["编号", "类别", "状态"]
    assert first == [
        case.reference, "咨询", "待处理", "", HOUSING, "", "2026-03-02", "2026-03-09", "", "还有 5 个工作日", "1",
    ]  # fmt: skip
    assert (gap[0], gap[4], gap[-1]) == ("缺口 1", CIVIL, "1")
    for secret in ("张三", "11010519491231002X", "李四", "wechat"):
        assert secret not in str([head, first, gap])


async def test_a_cell_that_looks_like_a_formula_is_only_text(office: Office) -> None:
    await office.case(department='=HYPERLINK("https://example.invalid")')
    _, row = await table(office)
    assert row[4].startswith("'=")


async def test_many_lines_are_sent_in_batches_each_once(office: Office) -> None:
    for number in range(4321):
        await office.register.note_gap(NewGap(f"问{number}", f"{number}", MONDAY, "g"))
    _, *rows = await table(office, "?kind=gap")
    assert len({row[0] for row in rows}) == len(rows) == 4321


async def test_only_what_the_filter_and_the_department_show_is_sent_and_written_down(office: Office) -> None:
    own = await office.case(department=HOUSING)
    await office.case(department=CIVIL)
    await office.desk.close((await office.case(department=HOUSING)).reference, "重复", by="li", version=1)

    _, *rows = await table(office, f"?department={HOUSING}", department=HOUSING)

    assert [row[0] for row in rows] == [own.reference]
    (entry,) = (await office.journal.trail(actor="li", subject="队列")).entries
    assert entry.step == Deed.EXPORT
    assert entry.note.startswith("导出 1 条")
