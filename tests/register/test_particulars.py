import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.particulars import MASK, without_particulars

NUMBERS = (
    "11010519491231002X",
    "110105 19491231 002x",
    "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X",
    "１１０１０５１９４９１２３１００２Ｘ",
    "110105491231002",
    "13812345678",
    "138-1234-5678",
    "138 1234 5678",
    "138—1234—5678",
    "0392-5550001",
    "6222021234567890123",
    "zhang.san@example.com",
    "zhangsan＠example.com",
)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_names_a_person_is_masked_wherever_it_stands(number: str) -> None:
    for text in (number, f"我是张三，{number}，低保为什么停了", f"请公开{number}的补偿表"):
        assert without_particulars(text) == text.replace(number, MASK)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("电话：5550001，请回电", "电话：＊＊＊，请回电"),
        ("联系方式 555-0001", "联系方式 ＊＊＊"),
        ("护照号码E12345678的登记", "护照号码＊＊＊的登记"),
        ("往来港澳通行证 C1234567", "往来港澳通行证 ＊＊＊"),
    ],
)
def test_a_short_number_is_masked_where_a_word_says_what_it_is(text: str, kept: str) -> None:
    assert without_particulars(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "云政办〔2025〕12号文件全文",
        "2024年至2026年的预算，2026-01-01 起",
        "国标 GB12345678 的执行情况",
        "统一社会信用代码91350100M000100Y43的处罚决定",
        "信访电话12345",
        "补贴1200000元",
    ],
)
def test_what_names_no_person_stays(text: str) -> None:
    assert without_particulars(text) == text


@given(st.text(alphabet="电话 护照E1289-Xx@.a\n＠—", max_size=60))
def test_masking_again_changes_nothing(text: str) -> None:
    once = without_particulars(text)
    assert without_particulars(once) == once
