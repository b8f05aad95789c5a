from pathlib import Path

import pytest

from knowledge.importer import Importer
from knowledge.intake import ReviewedIntake
from knowledge.origins import Departures, Origin
from knowledge.review import ReviewDesk
from knowledge.revisions import ReviewStep
from knowledge.types import ImportRow, Outcome
from storage.memory import MemoryDocuments, MemoryOrigins, MemoryRevisions
from tests.fakes import FixedClock
from tests.knowledge.readers.files import zipped

STILL = "来源里已没有这份文件，仍在公开"
GONE = "来源里已没有这份文件，下架"


class Bench:
    """A knowledge base into which folders are imported again and again."""

    def __init__(self, folder: Path) -> None:
        clock = FixedClock()
        self.folder = folder
        self.documents = MemoryDocuments(now=clock)
        self.revisions = MemoryRevisions(self.documents)
        self.origins = MemoryOrigins()
        desk = ReviewDesk(self.revisions, self.documents, clock)
        departures = Departures(self.origins, self.documents)
        self.importer = Importer(ReviewedIntake(desk), documents=self.documents, departures=departures)

    def write(self, *titles: str) -> None:
        """Put these documents into the folder, and no others."""
        self.folder.mkdir(exist_ok=True)
        for file in self.folder.iterdir():
            file.unlink()
        for title in titles:
            (self.folder / f"{title}.md").write_text(f"# {title}\n\n第一条 关于{title}。", encoding="utf-8")

    async def departed(self, *paths: Path, prune: bool = False, dry_run: bool = False) -> dict[str, str]:
        """Import and return the reason for each document that is gone."""
        rows = await self.importer.run(paths or [self.folder], by="操作员", prune=prune, dry_run=dry_run)
        return {row.document.title: row.reason for row in rows if row.departed and row.document}


@pytest.fixture
async def bench(tmp_path: Path) -> Bench:
    """A bench with ten documents brought from one folder."""
    made = Bench(tmp_path / "政策")
    made.write(*"甲乙丙丁戊己庚辛壬癸")
    assert await made.departed() == {}
    return made


async def test_what_a_folder_no_longer_has_is_told_and_stays_published(bench: Bench) -> None:
    bench.write(*"甲乙丙丁戊己庚辛")

    rows = await bench.importer.run([bench.folder], by="操作员")
    told = [row for row in rows if row.departed]

    assert [(row.result, row.published, row.reason) for row in told] == [(Outcome.REMOVED, True, STILL)] * 2
    assert sorted(row.path for row in told) == sorted(str(bench.folder / f"{name}.md") for name in "壬癸")
    assert await bench.documents.count() == 10
    # told again until somebody decides
    assert await bench.departed() == {"壬": STILL, "癸": STILL}


async def test_a_dry_run_tells_the_same_and_changes_nothing(bench: Bench) -> None:
    bench.write(*"甲乙丙丁戊己庚辛")

    assert await bench.departed(dry_run=True) == {"壬": STILL, "癸": STILL}
    assert await bench.departed(dry_run=True, prune=True) == {"壬": GONE, "癸": GONE}
    assert await bench.documents.count() == 10


async def test_it_is_taken_down_when_that_is_wanted_and_evidence_stays(bench: Bench) -> None:
    bench.write(*"甲乙丙丁戊己庚辛")

    assert await bench.departed(prune=True) == {"壬": GONE, "癸": GONE}

    assert await bench.documents.count() == 8
    (removed,) = [row for row in await bench.documents.withdrawn() if (await title(bench, row[0])) == "癸"]
    last = (await bench.revisions.history(removed[0]))[-1]
    assert (last.actor, last.step) == ("操作员", ReviewStep.TAKE_DOWN)
    assert last.note == f"来源“{bench.folder}”里已没有这份文件"
    assert await bench.departed(prune=True) == {}


async def title(bench: Bench, document_id: str) -> str:
    versions = await bench.documents.versions(document_id)
    return next(version.document.title for version in versions if version.document)


async def test_never_more_than_a_fifth_is_taken_down_at_once(bench: Bench) -> None:
    bench.write(*"甲乙丙丁戊己庚")

    told = await bench.departed(prune=True)

    many = "来源里已没有这份文件；一次下架超过全部文件的 20%，没有下架，请逐份确认"
    assert told == dict.fromkeys("辛壬癸", many)
    assert await bench.documents.count() == 10


async def test_what_could_not_be_read_is_not_gone(bench: Bench) -> None:
    bench.write(*"甲乙丙丁戊己庚辛")
    (bench.folder / "壬.md").write_text("", encoding="utf-8")

    told = await bench.departed(prune=True)

    assert told["癸"] == GONE
    assert "未能读取" in told["壬"]
    assert await bench.documents.count() == 9


@pytest.mark.parametrize("state", ["empty", "absent"])
async def test_a_folder_that_is_not_there_takes_nothing_with_it(bench: Bench, state: str) -> None:
    bench.write()
    if state == "absent":
        bench.folder.rmdir()

    told = await bench.departed(prune=True)

    assert len(told) == 10
    assert await bench.documents.count() == 10


async def test_records_and_packages_are_sources_too(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "政策")
    bench.write(*"甲乙丙丁戊己庚辛壬癸")
    rows, package = tmp_path / "rows.jsonl", tmp_path / "包.zip"
    rows.write_text('{"title": "子", "text": "子。"}\n{"title": "丑", "text": "丑。"}\n', encoding="utf-8")
    package.write_bytes(zipped({"寅.md": "# 寅\n\n寅。".encode(), "卯.md": "# 卯\n\n卯。".encode()}))
    assert await bench.departed(bench.folder, rows, package) == {}

    rows.write_text('{"title": "丑", "text": "丑。"}\n', encoding="utf-8")
    package.write_bytes(zipped({"寅.md": "# 寅\n\n寅。".encode()}))

    assert await bench.departed(rows, prune=True) == {"子": GONE}
    assert await bench.departed(package, prune=True) == {"卯": GONE}
    assert await bench.departed(bench.folder, rows, package, prune=True) == {}


async def test_a_bad_row_leaves_in_doubt_what_its_file_had(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "政策")
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(f'{{"title": "{name}", "text": "正文。"}}\n' for name in "甲乙丙丁戊己"), encoding="utf-8")
    await bench.departed(rows)
    rows.write_text(
        "".join(f'{{"title": "{name}", "text": "正文。"}}\n' for name in "甲乙丙丁戊") + '{"title": "己"\n',
        encoding="utf-8",
    )

    told = await bench.departed(rows, prune=True)

    assert list(told) == ["己"]
    assert "未能读取" in told["己"]
    assert await bench.documents.count() == 6


async def test_a_document_belongs_to_the_source_that_brought_it_last(bench: Bench) -> None:
    elsewhere = bench.folder.with_name("别处")
    bench.folder.rename(elsewhere)
    assert await bench.departed(elsewhere) == {}
    bench.write("新")

    assert await bench.departed(bench.folder, prune=True) == {}
    assert await bench.documents.count() == 11


async def test_what_a_person_published_again_is_not_gone_once_more(bench: Bench) -> None:
    bench.write(*"甲乙丙丁戊己庚辛壬")
    rows = await bench.importer.run([bench.folder], by="操作员", prune=True)
    (gone,) = [row.document for row in rows if row.departed and row.document]
    await bench.documents.put(gone, by="编辑")

    assert await bench.departed(prune=True) == {}


async def test_files_that_were_uploaded_belong_to_the_source_they_are_given(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "政策")
    bench.write(*"甲乙丙丁戊己")

    async def uploaded() -> tuple[ImportRow, ...]:
        return await bench.importer.run(
            sorted(bench.folder.iterdir()), by="编辑", origin=lambda _: Origin("网站导出", str(bench.folder))
        )

    await uploaded()
    bench.write(*"甲乙丙丁戊")

    (gone,) = [row for row in await uploaded() if row.departed]
    assert gone.document is not None
    assert (gone.document.title, gone.path) == ("己", f"{bench.folder}/己.md")
    assert set(await bench.origins.of("网站导出")) >= {gone.document.id}


async def test_a_source_without_a_name_is_not_remembered(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "政策")
    bench.write("甲")

    await bench.importer.run([bench.folder], by="编辑", origin=lambda path: Origin("", str(path)))

    assert await bench.origins.of("") == {}
