"""Commands run in an empty folder, as an operator runs them."""

import argparse
import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.loading import load

Run = Callable[..., tuple[int, str, str]]
Commands = Callable[..., Run]


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Commands:
    """Take what adds commands to the command line, and return what runs them: status, output and errors."""
    for name in [name for name in os.environ if name.upper().startswith("ZHENGDA")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def with_commands(*adding: Callable[[Any, argparse.ArgumentParser], None]) -> Run:
        def run(*arguments: str) -> tuple[int, str, str]:
            parser = argparse.ArgumentParser()
            subparsers = parser.add_subparsers(required=True)
            for add in adding:
                add(subparsers, argparse.ArgumentParser(add_help=False))
            options = parser.parse_args(arguments)
            status = asyncio.run(options.run(load(None), options))
            written = capsys.readouterr()
            return status, written.out, written.err

        return run

    return with_commands
