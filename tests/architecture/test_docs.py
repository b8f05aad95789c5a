import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, get_args

import pytest
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from config.settings import PREFIX, Settings
from tests.architecture.sources import ROOT, parsed

SETTINGS_PAGE = ROOT / "docs" / "settings.md"
LAW_PAGE = ROOT / "docs" / "law.md"
THREATS_PAGE = ROOT / "docs" / "threat-model.md"
CITED = re.compile(r"\barts?\. ?(\d+)")
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]


def rows(part: type[BaseModel] = Settings, *above: str) -> Iterator[str]:
    """The table row of every setting: name, default, meaning, environment variable."""
    for name, field in part.model_fields.items():
        steps = (*above, name)
        further = _part_of(field.annotation)
        if further is not None:
            yield from rows(further, *steps, *(() if isinstance(field.annotation, type) else ("0",)))
            continue
        variable = f"{PREFIX}{'__'.join(steps)}".upper()
        yield f"| `{'.'.join(steps)}` | {_default(field)} | {field.description} | `{variable}` |"


def test_every_setting_is_documented_as_it_is() -> None:
    page = SETTINGS_PAGE.read_text(encoding="utf-8").splitlines()
    written = [line for line in page if line.startswith("| `")]

    assert written == list(rows())


def test_every_setting_says_what_it_is_for() -> None:
    assert [row for row in rows() if "| None |" in row] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda file: file.name)
def test_every_command_is_in_the_readme(readme: Path) -> None:
    if not readme.exists():
        pytest.skip("not written yet")
    text = readme.read_text(encoding="utf-8")

    assert [name for name in _commands() if f"`{name}" not in text] == []


def test_every_decision_is_recorded_in_one_form() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))

    assert records
    for number, record in enumerate(records, 1):
        assert record.name.startswith(f"{number:04d}-")
        assert len(record.read_text(encoding="utf-8").splitlines()) < 60


@pytest.mark.parametrize("page", [LAW_PAGE, THREATS_PAGE], ids=lambda file: file.name)
def test_a_page_about_the_code_names_only_what_there_is(page: Path) -> None:
    named = re.findall(r"`([a-z]+/[\w/.-]+)`", page.read_text(encoding="utf-8"))

    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_article_that_the_register_cites_is_on_the_page_of_the_law() -> None:
    sources = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "register").rglob("*.py"))
    page = set(re.findall(r"\d+", LAW_PAGE.read_text(encoding="utf-8")))

    assert set(CITED.findall(sources)) - page == set()


def _commands() -> list[str]:
    calls = [node for node in ast.walk(parsed(ROOT / "run_bot.py")) if isinstance(node, ast.Call)]
    names = [
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "command" and isinstance(call.args[0], ast.Constant)
    ]
    assert names
    return [str(name) for name in names]


def _part_of(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401  whatever a field is annotated with
    """The part of the settings that a field holds, alone or in a list."""
    candidates = () if isinstance(annotation, UnionType) else (annotation, *get_args(annotation))
    return next((each for each in candidates if isinstance(each, type) and issubclass(each, BaseModel)), None)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "（必填）"
    value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "、".join(f"`{each}`" for each in value) or "（空）"
    return f"`{value}`" if value not in (None, "", {}) else "（空）"
