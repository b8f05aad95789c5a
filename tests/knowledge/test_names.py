from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge.kernels import token_keys
from knowledge.names import Names, document_names, title_key
from knowledge.normalisation import Normaliser
from knowledge.types import Document, Kind
from tests.fakes import a_document

REGULATION = a_document("中华人民共和国政府信息公开条例", number="国令第711号")
OPINION = a_document("河南省人民政府办公厅关于进一步加强政府信息公开工作的意见", number="豫政办 〔2014〕59号")
NOTICE = a_document("《通 知》", id="n1", number="")
SAME = a_document("通知", id="n2", number="浚政〔2014〕59号")
RULES = a_document("浚县低保办法（试行）", id="rules")
ASKED = a_document("低保怎么申请？", id="asked", kind=Kind.QA)
LAW = a_document("中华人民共和国主席令", id="law", number="中华人民共和国主席令第五十七号")
DOCUMENTS = (REGULATION, OPINION, NOTICE, SAME, LAW, RULES, ASKED)


def write(folder: Path, documents: Sequence[Document], normalise: Normaliser) -> None:
    names = [document_names(document, normalise) for document in documents]
    starts = np.cumsum([0, *map(len, names)])
    Names.write(folder, token_keys([name for some in names for name in some]), starts, ())


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory, normalise: Normaliser) -> Names:
    folder = tmp_path_factory.mktemp("names")
    write(folder, DOCUMENTS, normalise)
    return Names.load(folder)


@pytest.fixture(scope="module")
def numbered(names: Names, normalise: Normaliser) -> Callable[[str], tuple[int, ...]]:
    return lambda question: names.numbered(normalise(question))


def test_a_document_is_found_by_its_id(names: Names) -> None:
    assert names.ids("n1") == (2,)
    assert names.ids("n3") == ()
    assert names.ids("") == ()


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("国令第711号", (0,)),
        ("請問國務院令第711號規定了什麼", (0,)),
        ("国务院令第七百一十一号", (0,)),
        ("豫政办（2014）59号讲了什么", (1,)),
        ("根据豫政办[2014] 59", (1,)),
        ("主席令第57号", (4,)),
        ("豫政办〔2014〕59号和国令第711号", (1, 0)),
        ("豫政办〔2014〕60号", ()),
        ("沪政〔2014〕59号", ()),
        ("怎么炖排骨", ()),
        ("", ()),
    ],
)
def test_documents_are_found_by_the_numbers_in_a_question(
    numbered: Callable[[str], tuple[int, ...]], question: str, rows: tuple[int, ...]
) -> None:
    assert numbered(question) == rows


def test_a_number_without_agency_finds_every_document_that_has_it(
    numbered: Callable[[str], tuple[int, ...]],
) -> None:
    assert numbered("第59号") == (1, 3)
    assert numbered("〔2014〕59号") == (1, 3)
    assert numbered("〔2015〕59号") == ()
    assert numbered("第711号令") == (0,)


def test_a_number_without_agency_is_not_used_beside_a_full_one(numbered: Callable[[str], tuple[int, ...]]) -> None:
    assert numbered("第59号令，国令第711号") == (0,)


@pytest.mark.parametrize("question", ["59号窗口办什么", "第59号楼", "2014年5月9日", "文件里第59号"])
def test_other_figures_lead_to_no_document(numbered: Callable[[str], tuple[int, ...]], question: str) -> None:
    assert numbered(question) == ()


def test_titles_are_compared_without_marks_and_blanks(names: Names, normalise: Normaliser) -> None:
    assert names.titled(normalise("《中華人民共和國政府信息公開條例》")) == (0,)
    assert names.titled("通知") == (2, 3)
    assert names.titled("信息公开条例") == ()
    assert names.titled("《》") == ()
    assert title_key("《通 知》，2014！") == "通知2014"


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("政府信息公开条例", (0,)),
        ("《政府信息公开条例》", (0,)),
        ("《政府信息公开条例》规定多少天答复", (0,)),
        ("请问中华人民共和国政府信息公开条例的全文在哪里看", (0,)),
        ("浚县低保办法", (5,)),
        ("浚县低保办法(试行)", (5,)),
        ("《没有的办法》和《浚县低保办法（试行）》", (5,)),
        ("低保办法", ()),
        ("低保怎么申请", ()),
        ("", ()),
    ],
)
def test_documents_are_found_by_the_titles_people_use(
    names: Names, normalise: Normaliser, question: str, rows: tuple[int, ...]
) -> None:
    assert names.titled(normalise(question)) == rows


def test_a_question_that_is_a_document_is_found_word_for_word(names: Names, normalise: Normaliser) -> None:
    assert names.asked(normalise("低保怎麼申請?")) == (6,)
    assert names.asked(normalise("低保怎么申请呢")) == ()
    assert names.asked("浚县低保办法") == ()


@pytest.mark.parametrize(
    ("question", "beside"),
    [
        ("国令第711号", ""),
        ("请问国令第711号的内容", ""),
        ("政府信息公开条例", ""),
        ("《政府信息公开条例》多少天答复", "多少天答复"),
        ("中华人民共和国政府信息公开条例多少天答复", "多少天答复"),
    ],
)
def test_what_is_asked_beside_the_name_is_told(names: Names, question: str, beside: str) -> None:
    assert names.beside(question, "中华人民共和国政府信息公开条例") == beside


def test_a_title_of_marks_only_is_no_name(tmp_path: Path, normalise: Normaliser) -> None:
    write(tmp_path, [a_document("？！", id="x")], normalise)

    assert Names.load(tmp_path).titled("") == ()


def test_no_documents_have_no_names(tmp_path: Path, normalise: Normaliser) -> None:
    write(tmp_path, [], normalise)
    empty = Names.load(tmp_path)

    assert (empty.ids("x"), empty.numbered("国令第711号"), empty.titled("通知")) == ((), (), ())
