import os
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer

from console.uploads import KEPT, Unacceptable, Upload, Uploads, harmless
from knowledge.origins import Origin
from tests.fakes import FixedClock

TOKEN = "t" * 22


class Desk:
    """A page that takes files and keeps what came of it."""

    def __init__(self, folder: Path, **limits: int) -> None:
        self.clock = FixedClock()
        self.uploads = Uploads(folder, self.clock, token=lambda: TOKEN, **limits)
        self.outcome: Upload | Unacceptable | None = None

    async def handle(self, request: web.Request) -> web.Response:
        self.outcome = await self.uploads.receive(request, csrf="secret")
        return web.Response()

    async def send(self, *files: tuple[str, bytes], csrf: str = "secret", last: bool = False) -> None:
        data = FormData(default_to_multipart=True, quote_fields=False)
        if not last:
            data.add_field("csrf", csrf)
        for name, content in files:
            data.add_field("files", content, filename=name)
        if last:
            data.add_field("csrf", csrf)
        await self.post(data)

    async def post(self, data: FormData | bytes, **headers: str) -> None:
        app = web.Application()
        app.router.add_post("/", self.handle)
        async with TestClient(TestServer(app)) as client:
            await client.post("/", data=data, headers=headers)


async def test_files_lie_in_a_folder_of_their_own_in_the_order_they_were_sent(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "up")
    await desk.send(("乙.md", b"1"), ("甲.md", b"2" * 200_000), ("甲.md", b"3"))
    assert isinstance(desk.outcome, Upload)
    assert [path.name for path in desk.outcome.files] == ["乙.md", "甲.md", "甲.md"]
    assert [path.stat().st_size for path in desk.outcome.files] == [1, 200_000, 1]
    assert desk.outcome.folder.stat().st_mode & 0o077 == 0
    assert desk.uploads.find(TOKEN) == desk.outcome


async def test_files_of_a_folder_keep_its_name(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "up")
    await desk.send(("政策/2026/甲.md", b"1"), ("乙.zip", b"2"), ("丙.md", b"3"))
    assert isinstance(desk.outcome, Upload)
    files = desk.outcome.files

    assert [str(file.relative_to(desk.outcome.folder)) for file in files] == [
        "0001/政策/甲.md",
        "0002/乙.zip",
        "0003/丙.md",
    ]
    assert [desk.outcome.origin(file) for file in files] == [
        Origin("上传的文件夹“政策”", f"{desk.outcome.folder}/0001"),
        Origin("上传的“乙.zip”", f"{desk.outcome.folder}/0002"),
        Origin("", f"{desk.outcome.folder}/0003"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "..\\..\\boot.ini",
        "/etc/cron.d/x",
        "a\x00b.md",
        "",
        ".",
        "..",
        "文件" * 200 + ".docx",
        "a/../..",
        ".htaccess",
    ],
)
def test_a_name_becomes_a_leaf_without_foreign_signs(name: str, tmp_path: Path) -> None:
    leaf = harmless(name)
    assert leaf
    assert "/" not in leaf
    assert "\0" not in leaf
    assert not leaf.startswith(".")
    assert len(leaf.encode()) < 255
    assert (tmp_path / leaf).resolve().parent == tmp_path.resolve()


def test_an_ordinary_name_stays_as_it_is() -> None:
    assert harmless("folder/云政〔2026〕3号 《办法》（试行）.有效.docx") == "云政〔2026〕3号 《办法》（试行）.有效.docx"


@pytest.mark.parametrize(
    ("limits", "files", "why"),
    [
        ({"largest": 10}, [("a.txt", b"x" * 11)], Unacceptable.LARGE),
        ({"largest_all": 10}, [("a.txt", b"x" * 6), ("b.txt", b"x" * 6)], Unacceptable.LARGE),
        ({"most_files": 1}, [("a.txt", b"x"), ("b.txt", b"x")], Unacceptable.MANY),
        ({}, [], Unacceptable.NOTHING),
    ],
)
async def test_too_much_and_nothing_leave_nothing_behind(
    tmp_path: Path, limits: dict[str, int], files: list[tuple[str, bytes]], why: Unacceptable
) -> None:
    desk = Desk(tmp_path / "up", **limits)
    await desk.send(*files)
    assert desk.outcome is why
    assert not list((tmp_path / "up").iterdir())


@pytest.mark.parametrize(("csrf", "last"), [("forged", False), ("", False), ("secret", True)])
async def test_without_the_token_before_the_first_file_nothing_is_kept(tmp_path: Path, csrf: str, last: bool) -> None:  # noqa: FBT001  a parameter of the test
    desk = Desk(tmp_path / "up")
    await desk.send(("a.txt", b"x"), csrf=csrf, last=last)
    assert desk.outcome is Unacceptable.FORGED
    assert not list((tmp_path / "up").iterdir())


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"csrf=secret", "application/x-www-form-urlencoded"),
        (b"--b\r\nnonsense", "multipart/form-data; boundary=b"),
        (b"", "multipart/form-data"),
        (b"--b\r\nContent-Disposition: form-data; name=csrf\r\n\r\nsecret\r\n", "multipart/form-data; boundary=b"),
    ],
)
async def test_a_broken_form_is_refused(tmp_path: Path, body: bytes, kind: str) -> None:
    desk = Desk(tmp_path / "up")
    await desk.post(body, **{"Content-Type": kind})
    assert isinstance(desk.outcome, Unacceptable)
    assert not (tmp_path / "up").exists() or not list((tmp_path / "up").iterdir())


async def test_what_nobody_confirmed_is_swept_away(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "up")
    await desk.send(("a.txt", b"x"))
    assert isinstance(desk.outcome, Upload)
    at = desk.clock().timestamp()
    os.utime(desk.outcome.folder, (at, at))
    desk.clock.at += KEPT - timedelta(seconds=1)
    desk.uploads.sweep()
    assert desk.uploads.all() == (desk.outcome,)
    desk.clock.at += timedelta(seconds=2)
    desk.uploads.sweep()
    assert desk.uploads.all() == ()


@pytest.mark.parametrize("token", ["", "..", "../x", "a" * 21, "a" * 23, "甲" * 22])
def test_only_a_token_finds_an_upload(tmp_path: Path, token: str) -> None:
    (tmp_path / "x").mkdir()
    assert Uploads(tmp_path / "x", FixedClock()).find(token) is None


async def test_emptying_deletes_the_files_and_nothing_else(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "up")
    await desk.send(("a.txt", b"x"))
    assert isinstance(desk.outcome, Upload)
    (desk.outcome.folder / "state.json").write_text("{}")
    desk.outcome.empty()
    assert [path.name for path in desk.outcome.folder.iterdir()] == ["state.json"]
    desk.uploads.drop(desk.outcome)
    assert desk.uploads.find(TOKEN) is None


async def test_two_that_sweep_at_once_are_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path / "up")
    gone = tmp_path / "up" / TOKEN
    monkeypatch.setattr("console.uploads._sorted", lambda folder: [folder / TOKEN])
    desk.uploads.sweep()
    assert not gone.exists()
