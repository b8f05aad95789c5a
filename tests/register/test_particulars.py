from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.particulars import MASK, only_dates, without_particulars

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
        ("港澳通行证号码：H1234567890", "港澳通行证号码：＊＊＊"),
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
        "浚县-2026-000001办到哪一步了",
        "编号浚县 - 2026 - 000001 ABCD2345",
        "2021-2025 2026-2030年规划",
        "２０２１－２０２５　２０２６－２０３０年规划",
        "2023 2024 2025年高龄津贴",
        "关于2024-01-15 2024-03-20的文件",
        "2024-01—2024-06 每月的低保金",
        "2024-01-15 09:30停水的通知",
    ],
)
def test_what_names_no_person_stays(text: str) -> None:
    assert without_particulars(text) == text


def test_beside_a_case_number_or_a_date_a_number_is_masked() -> None:
    assert without_particulars("浚县-2026-000001 13812345678") == "浚县-2026-000001 ＊＊＊"
    assert without_particulars("2021-2025 13812345678") == MASK
    assert without_particulars("电话13812345678zhang@example.com") == f"电话{MASK}{MASK}"


def spaced(digits: str, *lengths: int) -> st.SearchStrategy[str]:
    """A number of these digits in groups of these lengths; what is over stays in the last group."""
    ends = [sum(lengths[:place]) for place in range(len(lengths) + 1)]
    groups = [digits[start:end] for start, end in pairwise([*ends, len(digits)]) if start < end]
    return st.sampled_from(["", " ", "-", "—", "－", "\u3000", " - "]).map(lambda sign: sign.join(groups))


def numbers(pattern: str, *spacings: tuple[int, ...]) -> st.SearchStrategy[str]:
    """Numbers of a form, in the spacings in which people write them."""
    digits = st.from_regex(pattern, fullmatch=True)
    return st.builds(tuple, st.tuples(digits, st.sampled_from(spacings))).flatmap(lambda it: spaced(it[0], *it[1]))


BORN = r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
WRITTEN = {
    "居民身份证": numbers(
        rf"[1-8][1-7][0-9]{{4}}{BORN}[0-9]{{3}}[0-9Xx]", (), (6, 8, 4), (6, 4, 4, 4), (3, 3, 4, 4, 4)
    ),
    "mobile": numbers(r"1[3-9][0-9]{9}", (), (3, 4, 4), (3, 3, 5), (4, 3, 4), (4, 4, 3)),
    "landline": numbers(r"0[1-9][0-9]{9,10}", (), (3, 8), (4, 7), (4, 3, 4), (4, 4, 4)),
    "bank card": numbers(r"(?:62|4[0-9]|5[1-5])[0-9]{14,17}", (), (4, 4, 4, 4), (6, 13), (4, 6, 6)),
    "credit code of digits": numbers(r"9[1-3][1-8][1-7][0-9]{14}", (), (2, 6, 10), (4, 4, 4, 4), (2, 6, 9, 1)),
}


@pytest.mark.parametrize("kind", WRITTEN)
@given(data=st.data(), around=st.sampled_from(["", "我", "张三-", "2024-01-15 ", "云岭-2026-000001 ", "电话"]))
def test_no_spacing_and_no_neighbour_keeps_a_number_in_clear(kind: str, data: st.DataObject, around: str) -> None:
    number = data.draw(WRITTEN[kind])
    kept = without_particulars(f"{around}{number}的登记")

    assert kept.endswith(f"{MASK}的登记")
    assert around.startswith(kept.removesuffix(f"{MASK}的登记"))


@pytest.mark.parametrize("said", ["2024", "2021-2025", "2024-01-15 2024-3-20", "2024-1-2 3"])
def test_years_days_and_hours_are_dates(said: str) -> None:
    assert only_dates(said)


@pytest.mark.parametrize("said", ["", "2024-13", "1990-123-4567", "20240115", "2024-01-15 13812345678", "2024-"])
def test_other_digits_are_no_dates(said: str) -> None:
    assert not only_dates(said)


@pytest.mark.parametrize(
    "sign", ["a", "1", "1 ", "a.@", "电话", "电话1", "a@", "a@a.", "2024 ", "-2026-000001", "护照E1"]
)
@pytest.mark.parametrize("end", ["", "XX", "@", "@a", " "])
def test_a_long_text_is_gone_through_once(sign: str, end: str) -> None:
    """A pattern that begins anew at every sign takes minutes for it: the test's own time-out tells."""
    without_particulars(sign * (200_000 // len(sign)) + end)


@given(st.text(alphabet="电话 护照E1289-Xx@.a\n＠—0", max_size=60))
def test_masking_again_changes_nothing(text: str) -> None:
    once = without_particulars(text)
    assert without_particulars(once) == once
