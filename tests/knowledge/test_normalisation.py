import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.normalisation import Normaliser, arabic, clean, compatible

any_text = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("一", 1),
        ("两", 2),
        ("十", 10),
        ("十一", 11),
        ("二十", 20),
        ("三十三", 33),
        ("一百", 100),
        ("一百零五", 105),
        ("一百一十", 110),
        ("七百一十一", 711),
        ("一千零一", 1001),
        ("九千九百九十九", 9999),
        ("二〇二四", 2024),
        ("二○一四", 2014),
        ("〇", 0),
    ],
)
def test_chinese_numerals_have_their_value(numeral: str, value: int) -> None:
    assert arabic(numeral) == value


@pytest.mark.parametrize("text", ["", "12", "一万", "第一", "一 二", "一" * 17])
def test_other_text_has_no_value(text: str) -> None:
    assert arabic(text) == -1


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("一\r\n二\r三", "一\n二\n三"),
        ("一\u2028二\u2029三\x0b四\x0c五\x85六", "一\n二\n三\n四\n五\n六"),
        ("低\x00保\x07\x1b\x7f\x9f", "低保"),
        ("\ufeff低\u200b保\u202e\u2060\xad", "低保"),
        ("低\ud800保\udfff", "低保"),
        ("列\t一\u3000二\xa0三", "列\t一\u3000二\xa0三"),
    ],
    ids=["line ends", "separators", "controls", "invisible", "surrogates", "blanks stay"],
)
def test_a_text_is_cleaned(text: str, plain: str) -> None:
    assert clean(text) == plain


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("低保怎麼申請", "低保怎么申请"),
        ("ＡＢＣ１２３（试行）", "abc123(试行)"),
        ("冀政办字﹝2019﹞2号", "冀政办字〔2019〕2号"),
        ("第三十三条第二款", "第33条第2款"),
        ("第一百零五条", "第105条"),
        ("国务院令第七百一十一号", "国务院令第711号"),
        ("二〇二四年", "2024年"),
        ("二○一四年五月", "2014年五月"),
        ("一九九八年", "1998年"),
        ("第一", "第一"),
        ("统一二三四年", "统一二三四年"),
        ("㈠", "(一)"),
    ],
)
def test_questions_and_documents_meet_in_one_form(normalise: Normaliser, text: str, normal: str) -> None:
    assert normalise(text) == normal


def test_every_traditional_character_has_one_simplified(normalise: Normaliser) -> None:
    assert normalise("後裡臺灣隻麵髮乾") == "后里台湾只面发干"


def test_an_endless_numeral_is_left_alone(normalise: Normaliser) -> None:
    text = f"第{'一' * 5000}条"

    assert normalise(text) == text


@given(any_text)
def test_a_cleaned_text_can_be_stored_and_is_clean(text: str) -> None:
    cleaned = clean(text)

    assert clean(cleaned) == cleaned
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert not [each for each in cleaned if unicodedata.category(each) in {"Cc", "Cs"} and each not in "\t\n"]


@given(any_text)
def test_any_text_is_normalised(normalise: Normaliser, text: str) -> None:
    assert isinstance(normalise(text).encode("utf-8"), bytes)


@given(st.text("第条年一二三四五六七八九十百千〇零章号的"))
def test_normalising_twice_is_normalising_once(normalise: Normaliser, text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text() | st.lists(st.sampled_from([*"低保，（Ａ…　e\u0301\u0327ｶﾞ①㎡가ㅏ\u11a8豈ﬁ。"])).map("".join))
def test_the_fast_way_to_nfkc_is_nfkc(text: str) -> None:
    assert compatible(text) == unicodedata.normalize("NFKC", text)
