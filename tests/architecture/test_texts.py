import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, name_of, parsed

SPEAKERS = [file for file in sorted((ROOT / "handlers").glob("*.py")) if file.name != "texts.py"]
SILENT = [
    ROOT / "bot" / name
    for name in ("runtime.py", "work.py", "owed.py", "router.py", "delivery.py", "plain.py", "web.py", "retry.py")
]
_SENTENCE = re.compile(r"[\u3400-\u9fff]{4,}[^\[\]()|\\]*[。？！]|[\u3400-\u9fff]{10,}")


@pytest.mark.parametrize("file", [*SPEAKERS, *SILENT], ids=name_of)
def test_every_sentence_for_citizens_is_in_one_file(file: Path) -> None:
    assert [text for text in _literals(parsed(file)) if _SENTENCE.search(text)] == []


def test_a_sentence_outside_that_file_would_be_found() -> None:
    tree = ast.parse('"""您好，请问您要问什么？"""\ndef f(name):\n    return f"您好{name}，请直接写出您的问题。"\n')

    assert [text for text in _literals(tree) if _SENTENCE.search(text)] == ["，请直接写出您的问题。"]


def _literals(tree: ast.Module) -> Iterator[str]:
    """Every text in the code but the docstrings."""
    documentation = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value
