"""Our own source files and their syntax trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "knowledge", "register", "handlers", "console", "storage", "config", "wiring")
MODULES = ("run_bot",)


def source_files() -> Iterator[Path]:
    """Every file that the product consists of."""
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))
    for module in MODULES:
        yield ROOT / f"{module}.py"


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def name_of(file: Path) -> str:
    """A file as it is named in reports: relative to the root."""
    return file.relative_to(ROOT).as_posix()
