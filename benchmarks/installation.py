"""A server over the sample documents, for benchmarks: set up in a folder, started on a free port, ended afterwards."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.error import URLError

import psutil

from benchmarks.peers import AES_KEY, APP_ID, TOKEN

ROOT = Path(__file__).resolve().parents[1]
CALLBACK = "/channels/wechat/main"
ACCOUNT: Mapping[str, str] = MappingProxyType({"app_id": APP_ID, "token": TOKEN, "aes_key": AES_KEY})
SECRET = "0123456789abcdef" * 4
STARTING = 120.0


@dataclass(frozen=True, slots=True)
class Installation:
    """Keeps everything in SQLite in a folder; one account in safe mode."""

    folder: Path

    @contextmanager
    def serving(self) -> Iterator[tuple[int, psutil.Process]]:
        """Import the sample, serve, and give port and process."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        config = self.folder / "zhengda.toml"
        config.write_text(
            f'data_dir = "{self.folder / "data"}"\n[server]\nport = {port}\nsecret = "{SECRET}"\n'
            f'[[channels.wechat]]\nname = "main"\napp_id = "{APP_ID}"\ntoken = "{TOKEN}"\naes_key = "{AES_KEY}"\n',
            encoding="utf-8",
        )
        run = [sys.executable, str(ROOT / "run_bot.py")]
        given = ["--config", str(config)]
        subprocess.run([*run, "import", "config/sample/documents", *given], cwd=ROOT, check=True, capture_output=True)
        with (self.folder / "server.log").open("wb") as log:
            server = subprocess.Popen([*run, "serve", *given], cwd=ROOT, stdout=log, stderr=log)
        try:
            _wait(port, server)
            yield port, psutil.Process(server.pid)
        finally:
            server.terminate()
            server.wait(30)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTING
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise SystemExit("the server does not start")
