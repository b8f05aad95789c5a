"""Questions that name a place, asked of documents of several places."""

from pathlib import Path

import pytest

from knowledge.building import build_generation
from knowledge.gazetteer import Gazetteer
from knowledge.library import Library
from knowledge.shelf import switch
from knowledge.tokens import Tokenizer
from knowledge.types import Finding, LinkedQuestion, Route
from tests.fakes import FixedClock, a_document

# the first search of a process compiles
pytestmark = pytest.mark.timeout(60)
COUNTRY = Gazetteer.load(Path(__file__).resolve().parents[2] / "config" / "regions.txt")
TEXT = "第一条 高龄津贴每人每月一百元，向乡镇人民政府申请。"
ISSUERS = {
    "浚县": "浚县民政局",
    "鹤壁": "鹤壁市民政局",
    "淇县": "淇县民政局",
    "全国": "民政部",
    "虚构": "虚构县民政局",
    "无": "",
}
DOCUMENTS = tuple(
    a_document("高龄津贴发放办法", text=TEXT, id=name, digest=name, issuer=issuer) for name, issuer in ISSUERS.items()
)
LINKED = (LinkedQuestion("浚县老人的钱怎么领", ("淇县",)),)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Path:
    made = tmp_path_factory.mktemp("index")
    generation = build_generation(
        DOCUMENTS, folder=made, tokenizer=tokenizer, now=FixedClock(), linked=LINKED, gazetteer=COUNTRY
    )
    switch(made, generation, tokenizer=tokenizer)
    return made


async def opened(folder: Path, tokenizer: Tokenizer, gazetteer: Gazetteer = COUNTRY) -> Library:
    library = Library(folder, tokenizer, gazetteer=gazetteer)
    await library.reload()
    return library


def ids(finding: Finding) -> list[str]:
    return [hit.passage.document.id for hit in (*finding.hits, *finding.near_misses)]


async def test_a_question_without_a_place_is_answered_from_all(folder: Path, tokenizer: Tokenizer) -> None:
    assert set((await opened(folder, tokenizer)).ranked("高龄津贴每月多少", 10)) == set(ISSUERS)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("浚县高龄津贴每月多少", {"浚县", "鹤壁", "全国", "无"}),
        ("鹤壁高龄津贴每月多少", {"浚县", "鹤壁", "淇县", "全国", "无"}),
        # not in the list, but a document is from there
        ("虚构县高龄津贴每月多少", {"虚构", "全国", "无"}),
        ("从淇县迁来的高龄津贴每月多少", set(ISSUERS)),
    ],
)
async def test_a_place_in_the_question_leaves_out_what_is_of_another(
    folder: Path, tokenizer: Tokenizer, question: str, found: set[str]
) -> None:
    library = await opened(folder, tokenizer)

    assert set(ids(await library.find(question))) <= found
    assert set(library.ranked(question, 10)) == found


async def test_what_is_taken_down_is_gone_for_a_place_that_was_asked_for_before(
    folder: Path, tokenizer: Tokenizer
) -> None:
    library = await opened(folder, tokenizer)
    for _ in range(2):
        assert "浚县" in library.ranked("浚县高龄津贴每月多少", 10)

    library.hide(frozenset({("浚县", "浚县")}))

    assert set(library.ranked("浚县高龄津贴每月多少", 10)) == {"鹤壁", "全国", "无"}


async def test_each_of_many_places_is_answered_from_its_own_documents(folder: Path, tokenizer: Tokenizer) -> None:
    library = await opened(folder, tokenizer)
    others = ("林州市", "滑县", "内黄县", "汤阴县", "兰考县", "长垣市", "封丘县", "原阳县", "延津县", "获嘉县")
    counties = (*others, "卫辉市", "辉县市", "修武县", "博爱县", "武陟县", "温县", "沁阳市", "孟州市")

    for place in ("浚县", *counties, "浚县"):
        found = {"浚县", "鹤壁", "全国", "无"} if place == "浚县" else {"全国", "无"}
        assert set(library.ranked(f"{place}高龄津贴每月多少", 10)) == found


async def test_what_was_left_out_is_told_with_the_place(folder: Path, tokenizer: Tokenizer) -> None:
    explanation = await (await opened(folder, tokenizer)).explain("浚县高龄津贴每月多少")

    assert {removed.document.id: removed.reason for removed in explanation.removed} == {
        "淇县": "地区：河南省鹤壁市淇县的文件，问题问的是别的地方",
        "虚构": "地区：虚构县的文件，问题问的是别的地方",
    }


async def test_where_nothing_is_left_it_is_said_why(folder: Path, tokenizer: Tokenizer) -> None:
    library = await opened(folder, tokenizer)
    library.hide(frozenset({("全国", "全国"), ("无", "无")}))

    explanation = await library.explain("广州高龄津贴每月多少")

    assert ids(explanation.finding) == []
    assert explanation.band_reason == "问题所问地方的文件里，没有任何文件和这个问题有共同的字词"
    assert "淇县" in {removed.document.id for removed in explanation.removed}


async def test_what_staff_have_linked_is_never_left_out(folder: Path, tokenizer: Tokenizer) -> None:
    library = await opened(folder, tokenizer)
    explanation = await library.explain("浚县老人的钱怎么领")

    assert (explanation.finding.route, ids(explanation.finding)) == (Route.ANSWERED, ["淇县"])
    assert explanation.removed == ()


@pytest.mark.parametrize("own", ["浚县", "淇县"])
async def test_of_equal_texts_the_offices_own_comes_first(folder: Path, tokenizer: Tokenizer, own: str) -> None:
    library = await opened(folder, tokenizer, COUNTRY.of_office((own,)))

    assert ids(await library.find("高龄津贴每月多少"))[0] == own
