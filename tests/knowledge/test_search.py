from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.building import build_generation
from knowledge.generation import Generation
from knowledge.search import Search
from knowledge.tokens import Tokenizer
from knowledge.types import Document, Validity
from tests.fakes import FixedClock, a_document

# the first search of a process compiles
pytestmark = pytest.mark.timeout(60)
ALLOWANCE = a_document("低保办理办法", text="第一条 低保向县民政局申请。", id="低保")
FUND = a_document("公积金提取办法", text="第一条 公积金向管理中心提取。", id="公积金")
Ranked = Callable[..., list[str]]


@pytest.fixture
def ranked(tmp_path: Path, tokenizer: Tokenizer) -> Ranked:
    """Returns the ids found for a question in a knowledge base of the documents, best first."""

    def found(question: str, *documents: Document) -> list[str]:
        name = build_generation(documents, folder=tmp_path, tokenizer=tokenizer, now=FixedClock())
        generation = Generation(tmp_path / name)
        ranking = Search(generation).rank(tokenizer.query(question))
        return [generation.document(int(row)).id for row in ranking.documents]

    return found


def test_the_only_document_is_found(ranked: Ranked) -> None:
    assert ranked("低保怎么申请", ALLOWANCE) == ["低保"]
    assert ranked("炖排骨", ALLOWANCE) == []


def test_the_right_one_of_two_short_documents_comes_first(ranked: Ranked) -> None:
    assert ranked("低保怎么申请", ALLOWANCE, FUND)[0] == "低保"
    assert ranked("公积金怎么提取", ALLOWANCE, FUND)[0] == "公积金"


def test_a_document_that_is_not_in_force_is_not_found(ranked: Ranked) -> None:
    repealed = a_document("旧低保办法", text="第一条 低保按旧标准。", id="旧", validity=Validity.REPEALED)

    assert "旧" not in ranked("低保怎么申请", ALLOWANCE, repealed)


def test_a_document_without_text_is_not_found_as_there_is_nothing_to_quote(ranked: Ranked) -> None:
    empty = a_document("低保办理办法", text="", id="空")

    assert ranked("低保办理办法怎么说", empty, FUND, empty) == ["公积金"]
    assert ranked("低保办理办法怎么说", FUND, empty) == ["公积金"]
