import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.sources import MODULES, PACKAGES, ROOT, name_of, parsed, source_files

BROAD = frozenset({"Exception", "BaseException"})


@pytest.mark.parametrize("name", [*PACKAGES, *MODULES, "tests"])
def test_our_names_mean_our_files(name: str) -> None:
    found = importlib.util.find_spec(name)

    assert found is not None
    assert found.origin is not None
    assert Path(found.origin).resolve().is_relative_to(ROOT)


@pytest.mark.parametrize("name", [*PACKAGES, *MODULES])
def test_nobody_else_has_our_names(name: str) -> None:
    assert name not in packages_distributions()
    assert name not in sys.stdlib_module_names


def test_every_folder_of_code_is_a_package() -> None:
    folders = {file.parent for place in (*PACKAGES, "tests") for file in (ROOT / place).rglob("*.py")}
    # Alembic loads the versions by their path
    bare = {name_of(folder) for folder in folders if not (folder / "__init__.py").exists()}

    assert bare - {"storage/migrations/versions"} == set()


def test_no_folder_is_called_what_has_no_meaning() -> None:
    meaningless = {"utils", "helpers", "common", "core", "base", "manager", "service", "services", "misc"}
    names = {part for file in source_files() for part in file.relative_to(ROOT).with_suffix("").parts}

    assert names & meaningless == set()


def test_nothing_is_imported_inside_a_function() -> None:
    inside = [
        f"{name_of(file)}:{node.lineno}"
        for file in source_files()
        for function in ast.walk(parsed(file))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert inside == []


def test_four_named_places_catch_everything() -> None:
    broad = [name_of(file) for file in source_files() for handler in _handlers(file) if _catches_everything(handler)]

    assert sorted(broad) == ["bot/delivery.py", "bot/fetching.py", "bot/runtime.py", "console/app.py"]


def _handlers(file: Path) -> Iterator[ast.ExceptHandler]:
    return (node for node in ast.walk(parsed(file)) if isinstance(node, ast.ExceptHandler))


def _catches_everything(handler: ast.ExceptHandler) -> bool:
    """Whether errors end here: to clean up and raise again is not to catch."""
    if handler.type is None:
        return True
    caught = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}
    last = handler.body[-1]
    return bool(caught & BROAD) and not (isinstance(last, ast.Raise) and last.exc is None)


# it imports everything: some seconds of processor time
@pytest.mark.timeout(60)
def test_the_command_line_can_be_built() -> None:
    command = [sys.executable, str(ROOT / "run_bot.py"), "--help"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own program
    assert (ended.returncode, ended.stderr) == (0, "")
