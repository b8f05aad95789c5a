from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge import material
from knowledge.building import build_generation
from knowledge.gazetteer import Gazetteer
from knowledge.passages import Piece
from knowledge.renewal import recipe_of
from knowledge.splice import Splice
from knowledge.tokens import Tokenizer
from knowledge.types import Document, LinkedQuestion, Validity
from knowledge.vocabulary import Lexicon
from tests.fakes import FixedClock, a_document

pytestmark = pytest.mark.timeout(60)
TEXTS = (
    "第一条 为了规范低保审批，制定本办法。\n第二条 申请人向乡镇政府提交材料，20日内答复。",
    "一、公积金提取\n1. 购房的，凭合同提取。\n| 事项 | 金额 |\n| --- | --- |\n| 租房 | 1.5万元 |",
    "",
    "浚县人民政府办公室关于印发《办法》的通知 abc 2024",
)
ISSUERS = ("浚县人民政府", "淇县人民政府", "民政部")
PLACES = Gazetteer([(("河南省", "鹤壁市", name), (name,)) for name in ("浚县", "淇县")])
DOCUMENTS = [
    a_document(
        f"{title}办法（试行）",
        text=text,
        id=f"d{number}",
        number=f"浚政〔2024〕{number}号",
        issuer=ISSUERS[number % len(ISSUERS)],
    )
    for number, (title, text) in enumerate((title, text) for title in ("低保", "公积金x") for text in TEXTS)
]
QUESTIONS = [LinkedQuestion("低保怎么申请", ("d0", "d5")), LinkedQuestion("公积金能提吗", ("d1",))]


def build(folder: Path, documents: Sequence[Document], tokenizer: Tokenizer, previous: Path | None = None) -> Path:
    make = partial(build_generation, documents, folder=folder, tokenizer=tokenizer, now=FixedClock())
    return folder / make(linked=QUESTIONS, previous=previous, gazetteer=PLACES)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Path:
    return build(tmp_path_factory.mktemp("earlier"), DOCUMENTS, tokenizer)


def changed(number: int, text: str) -> Document:
    document = DOCUMENTS[number]
    return replace(document, text=document.text + text, title=document.title + text, digest=f"{document.digest}{text}")


rows = st.lists(st.integers(0, len(DOCUMENTS) - 1), unique=True, max_size=len(DOCUMENTS))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=rows, edited=st.dictionaries(rows.map(len).filter(lambda row: row < 8), st.sampled_from(["鿖", "养老 5"])))
def test_what_is_taken_over_is_what_would_be_made(
    order: list[int],
    edited: dict[int, str],
    earlier: Path,
    tmp_path_factory: pytest.TempPathFactory,
    tokenizer: Tokenizer,
) -> None:
    documents = [changed(row, edited[row]) if row in edited else DOCUMENTS[row] for row in order]
    folder = tmp_path_factory.mktemp("built")

    anew, taken = build(folder, documents, tokenizer), build(folder, documents, tokenizer, earlier)
    assert files(taken) == files(anew)


def test_unchanged_documents_are_not_cut_again(
    earlier: Path, tmp_path: Path, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut: list[str] = []

    def noted(text: str) -> tuple[Piece, ...]:
        cut.append(text)
        return ()

    monkeypatch.setattr(material, "cut", noted)
    build(tmp_path, [*DOCUMENTS, changed(1, "养老")], tokenizer, earlier)

    # those without passages are: there is nothing to take over
    assert sorted(set(cut)) == sorted({"", DOCUMENTS[1].text + "养老"})


def test_a_validity_judged_by_the_day_is_not_taken_over(earlier: Path, tmp_path: Path, tokenizer: Tokenizer) -> None:
    documents = [replace(DOCUMENTS[0], validity=Validity.EXPIRED), *DOCUMENTS[1:]]

    anew, taken = build(tmp_path, documents, tokenizer), build(tmp_path, documents, tokenizer, earlier)
    assert files(taken) == files(anew)


def test_a_word_that_stands_too_often_to_be_counted_again(tmp_path: Path, tokenizer: Tokenizer) -> None:
    documents = [*DOCUMENTS, a_document("价目", text="元 " * 60_000, id="prices")]
    known = build(tmp_path, documents, tokenizer)

    anew, taken = build(tmp_path, documents[1:], tokenizer), build(tmp_path, documents[1:], tokenizer, known)
    assert files(taken) == files(anew)


def test_other_places_make_everything_anew(
    earlier: Path, tmp_path: Path, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "PLACES", Gazetteer())

    anew, taken = build(tmp_path, DOCUMENTS, tokenizer), build(tmp_path, DOCUMENTS, tokenizer, earlier)
    assert files(taken) == files(anew) != files(earlier)


def test_another_dictionary_makes_everything_anew(earlier: Path, tmp_path: Path, tokenizer: Tokenizer) -> None:
    other = tokenizer.with_lexicon(Lexicon(words=("低保审批",)))

    anew, taken = build(tmp_path, DOCUMENTS, other), build(tmp_path, DOCUMENTS, other, earlier)
    assert files(taken) == files(anew)
    assert files(taken)["material/recipe.txt"] != files(earlier)["material/recipe.txt"]


def test_the_recipe_is_that_of_the_code_that_runs(tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = recipe_of(tokenizer, PLACES)
    monkeypatch.setattr(Path, "read_bytes", lambda _: b"a newer version")

    assert recipe_of(tokenizer, PLACES) == recipe


@pytest.mark.parametrize(
    "name",
    [
        "material/marks.npy",
        "material/names.npy",
        "units.npy",
        "passages.bin",
        "spellings.npy",
        "passages/impacts.npy",
        "passages/documents.npy",
        "documents/words/idf.npy",
        "documents/words/vocabulary.npy",
        "places.npy",
        "places.json",
        "checksums.json",
    ],
)
def test_a_damaged_generation_is_of_no_use(name: str, earlier: Path, tmp_path: Path, tokenizer: Tokenizer) -> None:
    good = build(tmp_path, DOCUMENTS, tokenizer)
    damaged = build(tmp_path, DOCUMENTS, tokenizer)
    content = (damaged / name).read_bytes()

    # cut off, and one byte changed
    for broken in (b"", content[:-2] + bytes([content[-2] ^ 1]) + content[-1:]):
        (damaged / name).write_bytes(broken)
        assert files(build(tmp_path, DOCUMENTS, tokenizer, damaged)) == files(good) == files(earlier)
    (damaged / name).unlink()
    assert files(build(tmp_path, DOCUMENTS, tokenizer, damaged)) == files(good)
    assert files(build(tmp_path, DOCUMENTS, tokenizer, tmp_path / "none")) == files(good)


def test_what_cannot_be_taken_over_for_any_reason_is_made_anew(
    earlier: Path,
    tmp_path: Path,
    tokenizer: Tokenizer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(*_: object) -> None:
        raise IndexError

    monkeypatch.setattr(Splice, "join", fails)

    assert files(build(tmp_path, DOCUMENTS, tokenizer, earlier)) == files(earlier)
    assert f"nothing can be taken over from {earlier.name}" in caplog.text
