import json
import re
from pathlib import Path

import jieba
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.kernels import BREAK_MARK, END_MARK, code_points
from knowledge.normalisation import Normaliser
from knowledge.segmentation import Dictionary, compile_dictionary, cut_units, cut_words, extended

RUN = re.compile(r"[0-9a-z\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
UNIT = re.compile(r"[0-9]+|[a-z]+|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
STOP = re.compile(r"[。!?;\n]+")
MARKS = {BREAK_MARK: " ", END_MARK: "\n"}
WORDS = ["最低生活保障", "低保", "北京大学", "研究生", "王小明", "吃饭", "居住证", "𠀀𠀁", "鿖", "豈", "㐀", "的", "一"]
pieces = st.sampled_from(
    [
        *WORDS,
        "abc",
        "ABC",
        "3.14%",
        "12",
        "1.",
        ".5",
        "%",
        "+-",
        "c++",
        "&",
        "_",
        "#",
        " ",
        "\r\n",
        "\n",
        "。",
        "，",
        "?",
    ]
)
texts = st.lists(pieces | st.text("浚县政务公开办公室主任张伟丽说她他的是了不在有和𠀀鿖a1 .", max_size=6)).map("".join)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> jieba.Tokenizer:
    """Give jieba itself, with two words of an office."""
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(tmp_path_factory.mktemp("jieba"))
    tokenizer.initialize()
    for word in ("小微企业", "最低生活保障"):
        tokenizer.add_word(word)
    return tokenizer


@pytest.fixture(scope="module")
def dictionary(known: jieba.Tokenizer) -> Dictionary:
    return compile_dictionary(known)


def words(text: str, dictionary: Dictionary) -> list[str]:
    return [text[start:end] for start, end in cut_words(code_points(text), dictionary).tolist()]


def words_of_jieba(text: str, tokenizer: jieba.Tokenizer) -> list[str]:
    return [word for word in tokenizer.cut_for_search(text) if RUN.match(word)]


def units(text: str) -> list[str]:
    return [MARKS[start] if start < 0 else text[start:end] for start, end in cut_units(code_points(text)).tolist()]


def units_by_patterns(text: str) -> list[str]:
    marked: list[str] = []
    for sentence in STOP.split(text):
        for run in RUN.findall(sentence):
            marked += [*UNIT.findall(run), " "]
        if marked:
            marked[-1] = "\n"
    return marked


@settings(deadline=None, max_examples=100)
@given(text=texts | st.text(max_size=30))
@example(text="3.14.15%%a1.b2.5")
@example(text="王小明毕业于北京大学研究生院，吃了3.5%的c++。")
@example(text="𠀀的鿖一㐀豈")
def test_words_are_those_of_jieba(text: str, known: jieba.Tokenizer, dictionary: Dictionary) -> None:
    assert words(text, dictionary) == words_of_jieba(text, known)


@settings(deadline=None, max_examples=100)
@given(text=texts | st.text(max_size=30))
@example(text="")
@example(text="。。a1 b")
def test_units_are_characters_numbers_and_latin_words_with_marks_between(text: str) -> None:
    assert units(text) == units_by_patterns(text)


@pytest.mark.data
@pytest.mark.parametrize("name", ["ncp", "stard", "faq", "service_items"])
def test_real_questions_and_texts_are_cut_as_by_jieba(
    name: str, shared_data: Path, normalise: Normaliser, known: jieba.Tokenizer, dictionary: Dictionary
) -> None:
    folder = shared_data / "quality" / name
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    real = [normalise(row["question"]) for row in rows] + _documents(folder, normalise)

    for text in real:
        assert words(text, dictionary) == words_of_jieba(text, known)
        assert units(text) == units_by_patterns(text)


def _documents(folder: Path, normalise: Normaliser) -> list[str]:
    listed = folder / "documents.jsonl"
    if not listed.is_file():
        return []
    lines = listed.read_text(encoding="utf-8").splitlines()[::20]
    return [normalise(json.loads(line)["text"])[:3000] for line in lines]


def test_words_added_later_are_found_as_jieba_finds_them(known: jieba.Tokenizer, dictionary: Dictionary) -> None:
    later = jieba.Tokenizer()
    later.FREQ, later.total, later.initialized = dict(known.FREQ), known.total, True
    added = ("企业专精特新", "浚县办")
    for word in added:
        later.add_word(word)
    larger = extended(dictionary, {word: later.FREQ[word] for word in added}, later.total)
    text = "浚县办认定了小微企业专精特新资格，企业专精"

    assert words(text, larger) == words_of_jieba(text, later)
    assert words(text, dictionary) == words_of_jieba(text, known)
    assert "浚县办" in words(text, larger)
