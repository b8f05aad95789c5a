"""A real server process over real files, and the people who use it over real HTTP."""

import asyncio
import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

ROOT = Path(__file__).resolve().parents[2]
RUN_BOT = ROOT / "run_bot.py"
SAMPLE = ROOT / "config" / "sample" / "documents"
PASSWORD = "Correct-horse-7"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx0000000000000001"
SECRET = "app-secret"
TOKEN = "callbacktoken"
STARTING = 90.0
"""Seconds a server may take; it takes three, but the machine may be busy."""


def free_port() -> int:
    """Return a loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Office:
    """One installation: a data folder and a configuration file, with a server that can be killed and restarted."""

    folder: Path
    api_base: str
    verified: bool = True
    workers: int = 1
    redis: str = ""
    database_url: str = ""
    """Where cases are kept; empty is the SQLite file."""
    program: Path = RUN_BOT
    """What is started as the server."""
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None
    printed: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def config(self) -> Path:
        return self.folder / "zhengda.toml"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def database(self) -> Path:
        return self.folder / "data" / "zhengda.sqlite3"

    def write_config(self) -> None:
        self.config.write_text(
            f"""
data_dir = "{self.folder / "data"}"
[server]
port = {self.port}
[database]
url = "{self.database_url}"
[redis]
url = "{self.redis}"
[office]
name = "云岭县人民政府办公室"
code = "云岭"
hotline = "0000-5550101"
[requests]
code = "云公开"
address = "云岭县人民路1号"
hours = "工作日 8:30—17:30"
phone = "0000-5550101"
review_authority = "云岭市人民政府"
court = "云岭县人民法院"
review_online = "https://example.gov.cn/fuyi"
complaints = "云岭市人民政府办公室"
[[channels.wechat]]
name = "main"
app_id = "{APP_ID}"
token = "{TOKEN}"
aes_key = "{AES_KEY}"
mode = "safe"
secret = "{SECRET}"
verified = {str(self.verified).lower()}
api_base = "{self.api_base}"
""",
            encoding="utf-8",
        )

    async def run(self, *arguments: str) -> str:
        """Run one command to its end and return what it printed; a failure fails the test with the output."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(RUN_BOT),
            *arguments,
            "--config",
            str(self.config),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=_environment(),
        )
        out, error = await process.communicate()
        assert process.returncode == 0, error.decode()
        return out.decode()

    async def start(self) -> None:
        """Start the server and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(self.program),
                "serve",
                "--config",
                str(self.config),
                *(("--workers", str(self.workers)) if self.workers > 1 else ()),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=_environment() | self.environment,
            )
        assert self.process.stdout is not None
        self.printed = ""
        async with aiohttp.ClientSession() as session:
            for _ in range(int(STARTING / 0.05)):
                if self.process.returncode is not None:
                    raise AssertionError(self.log.read_text(encoding="utf-8"))
                try:
                    async with session.get(f"{self.url}/healthz"):
                        break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)
        while "准备就绪" not in self.printed:
            self.printed += (await asyncio.wait_for(self.process.stdout.readline(), STARTING)).decode()

    def kill(self) -> None:
        """End the server as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)

    async def killed(self) -> None:
        self.kill()
        assert self.process is not None
        await self.process.wait()

    async def stop(self) -> int:
        """Stop the server in order and return its exit status."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), 20)

    def first_link(self) -> str:
        """Return the first administrator's one-time link, as printed."""
        found = re.search(r"http://\S+/console/invite/\S+", self.printed)
        assert found, self.printed
        return found.group()


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ZHENGDA_", "COV_"))}
    return kept | {"PYTHONUNBUFFERED": "1"}


@asynccontextmanager
async def opened(office: Office, stock: Path | None = None) -> AsyncIterator[Office]:
    """Serve over a copy of a stocked data folder, or over none; stop whatever is left at the end."""
    office.write_config()
    if stock is not None:
        await asyncio.to_thread(shutil.copytree, stock, office.folder / "data", dirs_exist_ok=True)
    await office.start()
    try:
        yield office
    finally:
        if office.process is not None and office.process.returncode is None:
            await office.stop()


class Clerk:
    """A staff member at a browser: follows links, fills in forms, keeps cookies."""

    def __init__(self, session: aiohttp.ClientSession, office: Office) -> None:
        self.session = session
        self.office = office

    async def get(self, path: str) -> str:
        async with self.session.get(self.office.url + path) as response:
            assert response.status == 200, (path, response.status)
            return await response.text()

    async def submit(self, path: str, *, page: str = "", **fields: str) -> tuple[int, str]:
        """Post a form as it stands on a page, with its hidden fields."""
        shown = await self.get(page or path)
        hidden = dict(re.findall(r'<input type="hidden" name="(csrf|version)" value="([^"]*)"', shown))
        async with self.session.post(self.office.url + path, data=hidden | fields) as response:
            return response.status, await response.text()

    async def set_up(self) -> None:
        """Use the first administrator's link, invite an officer, and log in as that officer."""
        await self.accept(self.office.first_link().removeprefix(self.office.url), "admin-one")
        await self.log_in("admin-one")
        _, page = await self.submit("/console/accounts", role="officer")
        invitation = re.search(r"/console/invite/[\w-]+", page)
        assert invitation, page
        await self.submit("/console/logout", page="/console")
        await self.accept(invitation.group(), "officer-one")
        await self.log_in("officer-one")

    async def accept(self, link: str, name: str) -> None:
        status, text = await self.submit(link, name=name, password=PASSWORD, again=PASSWORD)
        assert status == 200, text

    async def log_in(self, name: str) -> None:
        status, text = await self.submit("/console/login", name=name, password=PASSWORD)
        assert status == 200, text
        assert "工作台" in text

    async def answer(self, reference: str, text: str) -> None:
        status, shown = await self.submit(
            f"/console/cases/{reference}/answer", page=f"/console/cases/{reference}", text=text
        )
        assert status == 200, shown
        assert text.splitlines()[0] in shown


@asynccontextmanager
async def clerk_of(office: Office) -> AsyncIterator[Clerk]:
    """Give a clerk with a browser of their own."""
    # the cookie jar must keep cookies of an IP address: the server runs on loopback
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Clerk(session, office)
