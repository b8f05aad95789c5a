import asyncio
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.building import build_generation
from knowledge.explanation import Explanation
from knowledge.library import Library
from knowledge.shelf import switch
from knowledge.synonyms import Direction, Synonym
from knowledge.tokens import Tokenizer
from knowledge.types import Band, Finding, LinkedQuestion, Route, Validity
from knowledge.vocabulary import Lexicon
from tests.fakes import FixedClock, a_document

# the first search of a process compiles
pytestmark = pytest.mark.timeout(60)
DOCUMENTS = (
    a_document("最低生活保障审核办法", text="第一条 最低生活保障向乡镇人民政府申请。\n第二条 每月发放。", id="低保"),
    a_document("公积金提取办法", text="第一条 公积金向管理中心提取。", id="公积金"),
    a_document(
        "养老金领取办法",
        text="第一条 养老金按月领取。\n第二条 养老金向社会保险经办机构申请。",
        id="养老金",
        expires_on=date(2030, 12, 31),
    ),
    a_document("居住证申请办法", text="第一条 居住证向公安派出所申请。", id="居住证"),
    a_document("旧低保申请办法", text="第一条 低保向民政局申请。", id="旧", validity=Validity.REPEALED),
    a_document("浚县财政办法", text="第一条 财政资金。", id="财政", number="浚政〔2026〕1号"),
)
LINKED = (
    LinkedQuestion("家里揭不开锅了找谁", ("低保", "旧")),
    LinkedQuestion("揭不开锅怎么申请", ("养老金",)),
    LinkedQuestion("按月揭不开锅", ("低保", "公积金")),
)
LEXICON = Lexicon(
    words=("居住证",),
    stopwords=("的",),
    phrases=("请问",),
    synonyms=(Synonym("低保", ("最低生活保障",), Direction.TWO_WAY),),
)
WORDS = [
    "低保",
    "的",
    "请问",
    "公积金",
    "居住证",
    "怎么申请",
    "揭不开锅",
    "养老金",
    "按月",
    "浚政〔2026〕1号",
    "甲",
    "。",
    "第一条",
]


@pytest.fixture(scope="module")
def own(tokenizer: Tokenizer) -> Tokenizer:
    return tokenizer.with_lexicon(LEXICON)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, own: Tokenizer) -> Path:
    made = tmp_path_factory.mktemp("index")
    generation = build_generation(DOCUMENTS, folder=made, tokenizer=own, now=FixedClock(), linked=LINKED)
    switch(made, generation, tokenizer=own)
    return made


@pytest.fixture
async def library(folder: Path, own: Tokenizer) -> Library:
    opened = Library(folder, own)
    await opened.reload()
    return opened


async def test_an_empty_knowledge_base_is_explained(tmp_path: Path, tokenizer: Tokenizer) -> None:
    explanation = await Library(tmp_path, tokenizer).explain("低保怎么申请")

    assert explanation.finding.band is Band.ESCALATE
    assert explanation.route_reason == "知识库还是空的"


async def test_a_question_without_words_is_explained(library: Library) -> None:
    explanation = await library.explain("？！")

    assert (explanation.band_reason, explanation.results) == ("问题里没有可以检索的字词", ())


@settings(max_examples=60, deadline=None)
@given(parts=st.lists(st.sampled_from(WORDS), max_size=6))
def test_an_explanation_is_of_exactly_what_is_found(folder: Path, own: Tokenizer, parts: list[str]) -> None:
    question = "".join(parts)

    async def both() -> tuple[Finding, Explanation]:
        asked, explained = Library(folder, own), Library(folder, own)
        await asked.reload()
        await explained.reload()
        return await asked.find(question), await explained.explain(question)

    finding, explanation = asyncio.run(both())
    assert explanation.finding == finding
    assert [result.hit for result in explanation.results] == [*finding.hits, *finding.near_misses]
    assert sum(result.shown for result in explanation.results) == len(finding.hits)
    if finding.route is Route.SEARCH:
        for result in explanation.results:
            total = sum(each.score for each in result.contributions)
            assert total == pytest.approx(result.hit.score, rel=1e-4)


async def test_it_is_told_how_the_question_is_read(library: Library) -> None:
    explanation = await library.explain("请问低保的居住证")

    assert explanation.finding.normalised == "请问低保的居住证"
    assert explanation.words == ("低保", "居住", "居住证")
    assert explanation.dictionary_words == ("居住证",)
    assert set(explanation.ignored) == {"请问", "的"}
    assert [(fired.word, fired.other) for fired in explanation.synonyms] == [("低保", "最低生活保障")]
    assert "低保" in explanation.bigrams
    assert explanation.unigrams[:2] == ("低", "保")


async def test_terms_that_synonyms_called_up_are_told_from_the_questions_own(library: Library) -> None:
    explanation = await library.explain("低保怎么申请")
    best = next(result for result in explanation.results if result.hit.passage.document.id == "低保")

    called_up = {each.term for each in best.contributions if each.synonym_of == "低保"}
    assert "障" in called_up
    assert {each.term for each in best.contributions if not each.synonym_of} >= {"保", "申请"}
    assert {each.level for each in best.contributions} == {"段落", "全文"}
    assert [each.score for each in best.contributions] == sorted(
        (each.score for each in best.contributions), reverse=True
    )


async def test_answered_questions_that_helped_are_named(library: Library) -> None:
    explanation = await library.explain("揭不开锅了要申请什么")
    helped = {result.hit.passage.document.id: result for result in explanation.results if result.links}

    assert helped["养老金"].links == ("揭不开锅怎么申请",)
    assert "已答问题" in {each.level for each in helped["低保"].contributions}


async def test_a_document_not_in_force_is_named_with_the_filter_that_removed_it(library: Library) -> None:
    explanation = await library.explain("低保怎么申请")

    assert [(each.document.id, each.reason) for each in explanation.removed] == [("旧", "效力：已废止，不作为现行依据")]
    assert explanation.removed[0].score > 0


async def test_a_document_taken_down_is_named_as_such(library: Library) -> None:
    library.hide(frozenset({("居住证", DOCUMENTS[3].digest)}))
    explanation = await library.explain("居住证怎么申请")

    assert ("居住证", "已下架") in [(each.document.id, each.reason) for each in explanation.removed]
    assert "居住证" not in {result.hit.passage.document.id for result in explanation.results}


async def test_an_answered_question_is_explained_with_what_may_not_be_shown(library: Library) -> None:
    explanation = await library.explain("家里揭不开锅了，找谁？")

    assert explanation.finding.route is Route.ANSWERED
    assert explanation.route_reason == "这个问题以前答复过，直接用关联的文件"
    assert [result.links for result in explanation.results] == [("家里揭不开锅了找谁",)]
    assert [each.document.id for each in explanation.removed] == ["旧"]


async def test_a_number_is_explained(library: Library) -> None:
    explanation = await library.explain("浚政(2026)1号")

    assert explanation.route_reason.startswith("问题写明了文号")
    assert explanation.band_reason == "只有这一份，直接给出"
    assert explanation.results[0].contributions == ()


@pytest.mark.parametrize(
    ("question", "begins"), [("公积金提取办法是怎么规定提取的", "达到直接回答的"), ("甲乙丙", "没有任何文件")]
)
async def test_the_band_is_explained(library: Library, question: str, begins: str) -> None:
    explanation = await library.explain(question)

    assert begins in explanation.band_reason
    assert 0 < explanation.confirm_from < explanation.answer_from <= 1


async def test_a_document_that_has_expired_meanwhile_is_named_as_such(folder: Path, own: Tokenizer) -> None:
    library = Library(folder, own, today=lambda: date(2031, 1, 1))
    await library.reload()
    explanation = await library.explain("养老金按月领取吗")

    assert ("养老金", "效力：已失效，不作为现行依据") in [
        (each.document.id, each.reason) for each in explanation.removed
    ]
