"""nginx and systemd read the files that an office would give them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

pytestmark = pytest.mark.e2e
UNITS = ("zhengda.service", "zhengda-backup.service", "zhengda-backup.timer")


def checked(command: list[str]) -> str:
    program = shutil.which(command[0])
    assert program, f"{command[0]} is needed; .ci/run installs it"
    ended = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)  # noqa: S603  our files
    assert ended.returncode == 0, ended.stderr
    return ended.stderr


def certificate(folder: Path) -> None:
    key, certificate = str(folder / "zhengda.key"), str(folder / "zhengda.pem")
    subject = ["-subj", "/CN=example.invalid", "-days", "1", "-nodes"]
    checked(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-keyout", key, "-out", certificate, *subject])


def test_nginx_takes_its_example(tmp_path: Path) -> None:
    certificate(tmp_path)
    text = (ROOT / "deploy" / "nginx" / "zhengda.conf").read_text(encoding="utf-8")
    for given, here in (
        ("/etc/ssl/zhengda/", f"{tmp_path}/"),
        ("/var/log/nginx/", f"{tmp_path}/"),
        # names of the compose file, which are known only there
        ("bot-a:", "127.0.0.1:"),
        ("bot-b:", "127.0.0.2:"),
    ):
        assert given in text
        text = text.replace(given, here)
    (tmp_path / "site.conf").write_text(text, encoding="utf-8")
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{ include {tmp_path}/site.conf; }}\n", encoding="utf-8")

    checked(["nginx", "-t", "-q", "-e", str(tmp_path / "errors"), "-c", str(whole)])


def test_nginx_writes_no_query_string_into_a_log() -> None:
    text = (ROOT / "deploy" / "nginx" / "zhengda.conf").read_text(encoding="utf-8")
    log = next(line for line in text.splitlines() if line.startswith("log_format"))

    assert not any(word in log for word in ("$request ", "$request_uri", "$args", "$query_string", "$http_referer"))
    assert "error.log crit" in text


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.symlink_to("/bin/true")
    for name in UNITS:
        text = (ROOT / "deploy" / "systemd" / name).read_text(encoding="utf-8")
        text = text.replace("/srv/zhengda/.venv/bin/python", str(python))
        (tmp_path / name).write_text(text, encoding="utf-8")

    checked(["systemd-analyze", "verify", "--recursive-errors=no", *(str(tmp_path / name) for name in UNITS)])
