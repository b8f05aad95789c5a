from pathlib import Path

import pytest

from knowledge.errors import UnreadableDocument
from knowledge.synonyms import Direction, Synonym, Thesaurus, load_synonyms

ALLOWANCE = Synonym("低保", ("最低生活保障",), Direction.TWO_WAY)
INSURANCES = Synonym("五险", ("养老保险", "医疗保险"), Direction.ONE_WAY)
OLD_SCHEME = Synonym("新农合", ("城乡居民基本医疗保险",), Direction.HISTORIC)
FUND = Synonym("公积金", ("住房公积金",), Direction.TWO_WAY)
SHIPPED = Path(__file__).resolve().parents[2] / "config" / "synonyms.toml"


def thesaurus(*synonyms: Synonym) -> Thesaurus:
    return Thesaurus(synonyms, str.lower)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("低保怎么申请", (("低保", "最低生活保障"),)),
        ("最低生活保障怎么申请", (("最低生活保障", "低保"),)),
        ("五险交多少", (("五险", "养老保险"), ("五险", "医疗保险"))),
        ("养老保险交多少", ()),
        ("新农合报销", (("新农合", "城乡居民基本医疗保险"),)),
        ("城乡居民基本医疗保险报销", ()),
        ("公积金怎么提取", (("公积金", "住房公积金"),)),
        ("住房公积金怎么提取", ()),
        ("低保和低保户", (("低保", "最低生活保障"),)),
        ("低保就是最低生活保障吗", ()),
        ("怎么炖排骨", ()),
        ("", ()),
    ],
    ids=[
        "two-way",
        "two-way back",
        "one-way",
        "not back",
        "historic",
        "historic not back",
        "short for long",
        "long holds short",
        "once",
        "both asked",
        "none",
        "empty",
    ],
)
def test_words_call_up_others_in_their_direction(question: str, expected: tuple[tuple[str, str], ...]) -> None:
    assert thesaurus(ALLOWANCE, INSURANCES, OLD_SCHEME, FUND).expand(question) == expected


def test_entries_of_one_word_are_joined() -> None:
    both = thesaurus(ALLOWANCE, Synonym("低保", ("低保金", "最低生活保障"), Direction.ONE_WAY))

    assert both.expand("低保") == (("低保", "最低生活保障"), ("低保", "低保金"))


def test_the_longer_word_wins() -> None:
    words = thesaurus(ALLOWANCE, Synonym("低保边缘", ("低收入",), Direction.ONE_WAY))

    assert words.expand("低保边缘家庭") == (("低保边缘", "低收入"),)


def test_words_are_normalised_and_taken_literally() -> None:
    assert thesaurus(Synonym("ETC(粤)", ("不停车收费",), Direction.TWO_WAY)).expand("etc(粤)") == (
        ("etc(粤)", "不停车收费"),
    )


def test_a_word_that_normalises_to_nothing_is_never_found() -> None:
    nothing = Thesaurus([Synonym("·", ("低保",), Direction.TWO_WAY)], lambda word: word.strip("·"))

    assert nothing.expand("怎么申请") == ()
    assert nothing.expand("低保") == ()


def test_without_entries_nothing_is_called_up() -> None:
    assert thesaurus().expand("低保") == ()


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "synonyms.toml"
    file.write_text(
        '\ufeff[[synonym]]\nword = "低保"\nothers = ["最低生活保障"]\ndirection = "two_way"\n'
        '[[synonym]]\nword = "准生证"\nothers = ["生育登记"]\ndirection = "historic"\nnote = "旧称"\ntest = "准生证"\n',
        encoding="utf-8",
    )

    assert load_synonyms(file) == (ALLOWANCE, Synonym("准生证", ("生育登记",), Direction.HISTORIC, "旧称", "准生证"))


def test_an_empty_file_has_no_entries(tmp_path: Path) -> None:
    file = tmp_path / "synonyms.toml"
    file.touch()

    assert load_synonyms(file) == ()


@pytest.mark.parametrize(
    "text",
    [
        "[[synonym]",
        "synonym = 5",
        "synonym = ['低保']",
        "[[synonym]]\nword = '低保'",
        "[[synonym]]\nword = '低保'\nothers = '最低生活保障'\ndirection = 'two_way'",
        "[[synonym]]\nword = '低保'\nothers = []\ndirection = 'two_way'",
        "[[synonym]]\nword = '低保'\nothers = [5]\ndirection = 'two_way'",
        "[[synonym]]\nword = '低保'\nothers = ['']\ndirection = 'two_way'",
        "[[synonym]]\nword = ' '\nothers = ['低保']\ndirection = 'two_way'",
        "[[synonym]]\nword = 5\nothers = ['低保']\ndirection = 'two_way'",
        "[[synonym]]\nword = '低保'\nothers = ['最低生活保障']\ndirection = 'both'",
        "[[synonym]]\nword = '低保'\nothers = ['最低生活保障']\ndirection = ['two_way']",
        "[[synonym]]\nword = '低保'\nothers = ['最低生活保障']\ndirection = 'two_way'\nnote = 5",
        "[[synonym]]\nword = '低保'\nothers = ['最低生活保障']\ndirection = 'two_way'\ntest = 5",
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "synonyms.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(UnreadableDocument, match="同义词文件"):
        load_synonyms(file)


def test_the_place_of_a_bad_entry_is_told(tmp_path: Path) -> None:
    file = tmp_path / "synonyms.toml"
    good = "[[synonym]]\nword = '低保'\nothers = ['最低生活保障']\ndirection = 'two_way'\n"
    file.write_text(f"{good}[[synonym]]\nword = ''\n", encoding="utf-8")

    with pytest.raises(UnreadableDocument, match="第 2 条写法有误：word 应当是词"):
        load_synonyms(file)


def test_a_file_that_cannot_be_opened_or_decoded_is_refused(tmp_path: Path) -> None:
    garbled = tmp_path / "synonyms.toml"
    garbled.write_bytes("[[synonym]]\nword = '低保'".encode("gb18030"))

    for file in (garbled, tmp_path / "missing.toml", tmp_path):
        with pytest.raises(UnreadableDocument, match="无法读取"):
            load_synonyms(file)


def test_the_shipped_file_is_read_and_each_test_question_profits() -> None:
    shipped = load_synonyms(SHIPPED)
    words = thesaurus(*shipped)

    # 残疾人 calls up 残疾, which it holds: only good the other way round
    telling = [entry for entry in shipped if any(other not in entry.word for other in entry.others)]
    assert [entry.word for entry in telling if entry.test and not words.expand(entry.test.lower())] == []
