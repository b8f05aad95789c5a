from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from register.identity import (
    born_on,
    credit_code_fault,
    normalised,
    passport_fault,
    permit_fault,
    phone_fault,
    resident_id_fault,
)

TODAY = date(2026, 11, 23)
ID = "11010519491231002X"
"""The example of GB 11643-1999."""
CODE = "91350100M000100Y43"
"""The example of GB 32100-2015."""
SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def an_id(region: int, born: date, sequence: int) -> str:
    """A right number, its check digit found by ISO 7064 MOD 11-2 as it is defined: digit by digit."""
    body = f"{region}0105{born:%Y%m%d}{sequence:03d}"
    remainder = 0
    for digit in body:
        remainder = (remainder + int(digit)) * 2 % 11
    check = (12 - remainder) % 11
    return body + ("X" if check == 10 else str(check))


ids = st.builds(an_id, st.sampled_from([11, 34, 41, 65]), st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))


def test_the_examples_of_the_standards_are_right() -> None:
    assert resident_id_fault(ID, today=TODAY) == ""
    assert credit_code_fault(CODE) == ""
    assert born_on(ID) == date(1949, 12, 31)


@pytest.mark.parametrize(
    "typed", ["11010519491231002x", " 110105 19491231 002X ", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_the_way_a_number_is_typed_does_not_matter(typed: str) -> None:
    assert resident_id_fault(typed, today=TODAY) == ""
    assert normalised(typed) == ID
    assert born_on(typed) == date(1949, 12, 31)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("  ", "请填写"),
        ("110105491231002", "15 位的旧身份证号码已经停止使用"),
        ("1101051949123100", "应为 18 位，现在是 16 位"),
        ("1101051949123100X2", "前 17 位应为数字"),
        ("11010519491231002Y", "最后一位应为数字或者 X"),
        ("①10105194912310020", "校验不通过"),
        ("99010519491231002X", "前两位不是省级行政区"),
        ("11010519490230002X", "出生日期不存在"),
        ("11010518491231002X", "出生日期不存在"),
        (an_id(11, TODAY + timedelta(days=1), 1), "出生日期不存在"),
        ("110105194912310021", "校验不通过"),
    ],
)
def test_a_wrong_number_is_refused_with_the_reason_and_not_repeated(number: str, said: str) -> None:
    fault = resident_id_fault(number, today=TODAY)
    assert said in fault
    assert fault.endswith("。")
    assert number.strip() == "" or number not in fault


@given(number=ids)
def test_every_number_made_by_the_rule_is_right(number: str) -> None:
    assert resident_id_fault(number, today=TODAY) == ""
    assert born_on(number) == date.fromisoformat(number[6:14])


@given(number=ids, place=st.integers(0, 17), sign=st.sampled_from("0123456789X"))
def test_one_wrong_digit_is_always_found(number: str, place: int, sign: str) -> None:
    assume(number[place] != sign)
    changed = number[:place] + sign + number[place + 1 :]
    assert resident_id_fault(changed, today=TODAY)
    assert born_on(changed) is None


@given(number=ids, place=st.integers(0, 15))
def test_two_exchanged_digits_are_always_found(number: str, place: int) -> None:
    assume(number[place] != number[place + 1])
    changed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert resident_id_fault(changed, today=TODAY)


@given(st.text(max_size=40))
def test_whatever_is_typed_gets_a_sentence_or_nothing(text: str) -> None:
    faults = [
        resident_id_fault(text, today=TODAY),
        credit_code_fault(text),
        phone_fault(text),
        passport_fault(text),
        permit_fault(text, today=TODAY),
    ]
    assert all(fault == "" or fault.endswith("。") for fault in faults)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "请填写"),
        ("410000100012345", "旧的注册号、组织机构代码已经停止使用"),
        ("M000100Y4", "旧的注册号"),
        ("91350100M000100Y4", "应为 18 位，现在是 17 位"),
        ("91350100MO00100Y43", "不含字母 I、O、S、V、Z"),
        ("913501O0M000100Y43", "不含字母"),
        ("01350100M000100Y43", "写法不对"),
        ("91350100M000100Y44", "校验不通过"),
    ],
)
def test_a_wrong_code_is_refused_with_the_reason(code: str, said: str) -> None:
    assert said in credit_code_fault(code)
    assert credit_code_fault(code)


@given(
    body=st.tuples(
        st.sampled_from("159Y"), st.sampled_from("1239"), st.integers(0, 999999), st.text(SIGNS, min_size=9, max_size=9)
    ),
    place=st.integers(2, 16),
    digit=st.sampled_from("0123456789"),
)
def test_one_wrong_sign_of_a_code_is_always_found(body: tuple[str, str, int, str], place: int, digit: str) -> None:
    start = f"{body[0]}{body[1]}{body[2]:06d}{body[3]}"
    (right,) = [start + sign for sign in SIGNS if not credit_code_fault(start + sign)]
    assume(right[place] != digit)
    assert credit_code_fault(right[:place] + digit + right[place + 1 :])


@pytest.mark.parametrize(
    "number",
    [
        "13800138000",
        "+86 138-0013-8000",
        "0371-65900000",
        "（０３７１）６５９０００００",
        "037165900000-801",
        "0371-65900000转801",
        "010-12345678",
        "021 62345678",
        "0392-5522000",
        "0392—5522000",
    ],
)
def test_a_number_that_can_be_called_is_right(number: str) -> None:
    assert phone_fault(number) == ""


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("", "请填写"),
        ("5522000", "请加区号"),
        ("12800138000", "联系电话不正确"),
        ("1380013800", "联系电话不正确"),
        ("010-1234567", "联系电话不正确"),
        ("0371-05900000", "联系电话不正确"),
        ("打我手机", "联系电话不正确"),
    ],
)
def test_a_number_that_cannot_be_called_is_refused_with_the_reason(number: str, said: str) -> None:
    assert said in phone_fault(number)


@pytest.mark.parametrize("number", ["E12345678", "ej1234567", "123456789", "X1234567"])
def test_passports_are_taken_loosely(number: str) -> None:
    assert passport_fault(number) == ""


@pytest.mark.parametrize("number", ["", "E123", "E-12345678", "护照123456"])
def test_what_is_no_passport_number_is_refused(number: str) -> None:
    assert passport_fault(number).startswith("护照号码应为")


@pytest.mark.parametrize(
    "number", ["H12345678", "M1234567890", "h12345678", "12345678", "0123456789", "0123456789(A)", an_id(81, TODAY, 5)]
)
def test_permits_of_all_three_kinds_are_taken(number: str) -> None:
    assert permit_fault(number, today=TODAY) == ""


@pytest.mark.parametrize(
    ("number", "said"),
    [("", "通行证号码应为"), ("A12345678", "通行证号码应为"), ("81010519491231002X", "校验不通过")],
)
def test_what_is_no_permit_is_refused(number: str, said: str) -> None:
    assert said in permit_fault(number, today=TODAY)
