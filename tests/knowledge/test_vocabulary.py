from pathlib import Path

import pytest

from knowledge.errors import RefusedEntry
from knowledge.normalisation import Normaliser
from knowledge.synonyms import Direction, Synonym
from knowledge.tokens import Tokenizer
from knowledge.upkeep import ShippedList, WordUse
from knowledge.vocabulary import LONGEST_WORD, Lexicon, add_synonym, add_word, check_synonym, check_word, merged
from storage.memory.vocabulary import MemoryVocabulary
from tests.fakes import FixedClock

# the first use of a process compiles
pytestmark = pytest.mark.timeout(60)
LEXICON = Lexicon(
    words=("五险一金",),
    stopwords=("的",),
    phrases=("请问",),
    synonyms=(Synonym("低保", ("最低生活保障",), Direction.TWO_WAY, note="简称", test="低保怎么办"),),
)


@pytest.fixture
def office() -> MemoryVocabulary:
    return MemoryVocabulary(now=FixedClock())


def a_synonym(word: str = "低保", *others: str, note: str = "", test: str = "") -> Synonym:
    return Synonym(word, others or ("最低生活保障",), Direction.TWO_WAY, note=note, test=test)


def test_a_lexicon_is_given_back_as_it_was_saved(tmp_path: Path) -> None:
    LEXICON.save(tmp_path)

    assert Lexicon.load(tmp_path) == LEXICON


def test_a_folder_without_a_lexicon_has_none(tmp_path: Path) -> None:
    assert Lexicon.load(tmp_path) is None


@pytest.mark.parametrize("damage", ["{}", "[]", "[1]", '{"words": 1', '{"words": 1, "stopwords": 2}'])
def test_a_damaged_lexicon_is_an_error(tmp_path: Path, damage: str) -> None:
    (tmp_path / "lexicon.json").write_text(damage)

    with pytest.raises(ValueError):  # noqa: PT011 - what a damaged generation is known by
        Lexicon.load(tmp_path)


async def test_what_the_office_has_switched_off_is_left_out_of_the_next_generation(office: MemoryVocabulary) -> None:
    for listed, word in (
        (ShippedList.SYNONYMS, "低保"),
        (ShippedList.STOPWORDS, "的"),
        (ShippedList.PHRASES, "请问"),
        (ShippedList.DICTIONARY, "五险一金"),
    ):
        await office.turn(listed, word, off=True, by="li")
    assert await merged(LEXICON, office) == Lexicon()

    await office.turn(ShippedList.SYNONYMS, "低保", off=False, by="li")
    assert await merged(LEXICON, office) == Lexicon(synonyms=LEXICON.synonyms)


async def test_the_office_adds_to_what_is_shipped(office: MemoryVocabulary) -> None:
    await office.put_word("一件事", WordUse.DICTIONARY, by="li")
    await office.put_word("五险一金", WordUse.DICTIONARY, by="li")
    await office.put_word("呢", WordUse.STOP, by="li")
    await office.put_synonym(a_synonym("公积金", "住房公积金"), by="li")

    whole = await merged(LEXICON, office)
    assert whole.words == ("五险一金", "一件事")
    assert whole.stopwords == ("的", "呢")
    assert whole.phrases == ("请问",)
    assert [synonym.word for synonym in whole.synonyms] == ["低保", "公积金"]


async def test_the_offices_synonym_replaces_the_shipped_one_of_its_word(office: MemoryVocabulary) -> None:
    own = a_synonym("低保", "社会救助")
    await office.put_synonym(own, by="li")

    assert (await merged(LEXICON, office)).synonyms == (own,)


async def test_without_words_of_the_office_the_shipped_vocabulary_is_used(office: MemoryVocabulary) -> None:
    assert await merged(LEXICON, office) == LEXICON


def test_a_tokenizer_with_another_vocabulary_leaves_the_first_as_it_is(tokenizer: Tokenizer) -> None:
    other = tokenizer.with_lexicon(LEXICON)

    assert "五险一金" in other.tokens("交五险一金").words
    assert "五险一金" not in tokenizer.tokens("交五险一金").words
    assert [expansion.other for expansion in other.query("请问低保").expansions] == ["最低生活保障"]
    assert tokenizer.query("请问低保").expansions == ()
    assert other.lexicon == LEXICON


def test_the_same_vocabulary_gives_the_same_tokenizer(tokenizer: Tokenizer) -> None:
    assert tokenizer.with_lexicon(tokenizer.lexicon) is tokenizer
    back = tokenizer.with_lexicon(LEXICON).with_lexicon(tokenizer.lexicon)
    assert "五险一金" not in back.tokens("交五险一金").words


def test_synonyms_in_a_circle_widen_once(tokenizer: Tokenizer) -> None:
    circle = [Synonym(a, (b,), Direction.TWO_WAY) for a, b in (("甲证", "乙证"), ("乙证", "丙证"), ("丙证", "甲证"))]
    widened = tokenizer.with_lexicon(Lexicon(synonyms=tuple(circle))).query("甲证怎么办")

    assert {expansion.other for expansion in widened.expansions} == {"乙证", "丙证"}


def test_a_checked_synonym_has_no_blanks_and_no_repetitions() -> None:
    entry = check_synonym(a_synonym(" 低保 ", "最低生活保障 ", "最低生活保障", " "))

    assert (entry.word, entry.others) == ("低保", ("最低生活保障",))


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (a_synonym("", "甲证"), "请填写词语"),
        (a_synonym("低保", " "), "至少填写一个"),
        (a_synonym("低保", "低保"), "不能是自己的同义词"),
        (a_synonym("低保", "低 保"), "标点或空格"),
        (a_synonym("低保", "保" * (LONGEST_WORD + 1)), "最长 30 字"),
        (a_synonym("低保", *(f"证件{number}" for number in range(21))), "最多 20 个"),
        (a_synonym(note="长" * 201), "最长 200 字"),
        (a_synonym(test="公积金怎么提"), "应当有“低保”"),
    ],
)
def test_a_synonym_that_cannot_be_kept_is_refused_with_the_reason(entry: Synonym, reason: str) -> None:
    with pytest.raises(RefusedEntry, match=reason):
        check_synonym(entry)


def test_a_synonym_that_only_looks_different_is_itself(normalise: Normaliser) -> None:
    with pytest.raises(RefusedEntry, match="不能是自己的同义词"):
        check_synonym(a_synonym("WIFI", "wifi"), normalise=normalise)


def test_a_word_may_have_brackets_and_digits() -> None:
    assert check_word(" 居住证（2024） ") == "居住证（2024）"


async def test_a_word_is_added_once(office: MemoryVocabulary, normalise: Normaliser) -> None:
    await add_word(office, " 一件事 ", WordUse.DICTIONARY, note=" 专名 ", by="li")
    with pytest.raises(RefusedEntry, match="“一件事”已在词典词里"):
        await add_word(office, "一件事", WordUse.DICTIONARY, by="wang")
    await add_word(office, "一件事", WordUse.STOP, by="li")
    await add_synonym(office, a_synonym("WIFI", "无线网"), by="li", normalise=normalise)
    with pytest.raises(RefusedEntry, match="“wifi”已有一条"):
        await add_synonym(office, a_synonym("wifi", "无线局域网"), by="li", normalise=normalise)

    assert [(word.word, word.note) for word in await office.words()] == [("一件事", ""), ("一件事", "专名")]
    assert [entry.synonym.word for entry in await office.synonyms()] == ["WIFI"]


async def test_a_single_character_is_no_word_for_the_dictionary(office: MemoryVocabulary) -> None:
    with pytest.raises(RefusedEntry, match="单个字"):
        await add_word(office, "证", WordUse.DICTIONARY, by="li")
    with pytest.raises(RefusedEntry, match="说明最长"):
        await add_word(office, "证件", WordUse.DICTIONARY, note="长" * 201, by="li")
