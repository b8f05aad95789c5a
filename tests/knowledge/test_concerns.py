import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.concerns import _IDENTITY, again, is_identity_number, passes_luhn, scan
from knowledge.readers import read_file
from knowledge.types import ConcernKind
from tests.fakes import a_document

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
FULL_WIDTH = {ord("0") + digit: ord("０") + digit for digit in range(10)} | {ord("X"): ord("Ｘ")}


def checked(first: str) -> str:
    """Return the 17 digits with their check character, computed as the standard words it."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first, strict=True))
    return first + "10X98765432"[total % 11]


def luhn(first: str) -> str:
    """Return the digits with the check digit that makes the sum of every second one doubled a multiple of ten."""
    for last in "0123456789":
        figures = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(first + last))]
        if sum(figure // 10 + figure % 10 for figure in figures) % 10 == 0:
            return first + last
    raise AssertionError(first)


identity_numbers = st.builds(
    lambda region, birth, order: checked(f"{region}{birth:%Y%m%d}{order:03d}"),
    st.sampled_from(["110105", "410621", "440103", "659001", "810000", "911105"]),
    st.dates(min_value=date(1900, 1, 1), max_value=date(2030, 1, 1)),
    st.integers(0, 999),
)
surroundings = st.text(st.characters(blacklist_categories=("Cs", "Nd")), max_size=30)


def kinds(text: str, title: str = "关于低保的通知") -> list[ConcernKind]:
    return [concern.kind for concern in scan(a_document(title, text=text))]


@settings(deadline=None)
@given(surroundings, identity_numbers, surroundings)
def test_every_identity_number_is_found_in_any_surroundings(before: str, number: str, after: str) -> None:
    assert ConcernKind.IDENTITY_NUMBER in kinds(before + number + after)
    assert ConcernKind.IDENTITY_NUMBER in kinds(before + number.translate(FULL_WIDTH) + after)
    assert ConcernKind.IDENTITY_NUMBER in kinds(f"{before}{number[:6]} {number[6:14]}\n{number[14:]}{after}")
    assert ConcernKind.IDENTITY_NUMBER in kinds(before + " ".join(number) + after)


@settings(deadline=None)
@given(st.text("0123456789 ", max_size=12), identity_numbers)
def test_digits_in_front_do_not_hide_an_identity_number(before: str, number: str) -> None:
    assert ConcernKind.IDENTITY_NUMBER in kinds(f"{before} {number.lower()}")


@settings(deadline=None)
@given(identity_numbers, st.integers(0, 16), st.integers(1, 9))
def test_a_wrong_digit_is_no_identity_number(number: str, place: int, step: int) -> None:
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]

    assert is_identity_number(number)
    assert not is_identity_number(wrong)


@pytest.mark.parametrize("number", ["", "1", "X" * 18, checked("11010519491331002"), checked("99010519491231002")])
def test_no_date_or_province_is_no_identity_number(number: str) -> None:
    assert not is_identity_number(number)


@settings(deadline=None)
@given(st.text("0123456789", min_size=12, max_size=15))
def test_a_card_number_is_found_with_its_check_digit_and_not_without(rest: str) -> None:
    card = luhn(f"622{rest}")
    wrong = card[:-1] + str((int(card[-1]) + 1) % 10)

    assert passes_luhn(card)
    assert not passes_luhn(wrong)
    assert set(kinds(f"账号：{card}。")) & {ConcernKind.BANK_CARD, ConcernKind.IDENTITY_NUMBER}
    assert ConcernKind.BANK_CARD not in kinds(f"账号：{wrong}。")


def test_a_number_that_is_two_things_is_told_once() -> None:
    numbers = [checked(f"62010219491231{order:03d}") for order in range(100)]
    both = next(number for number in numbers if number.isdecimal() and passes_luhn(number))

    assert kinds(f"证件 {both}。") == [ConcernKind.IDENTITY_NUMBER]


def test_a_card_of_another_country_has_sixteen_digits() -> None:
    assert kinds(f"账号 {luhn('4' + '0' * 14)}") == [ConcernKind.BANK_CARD]
    assert kinds(f"账号 {luhn('4' + '0' * 15)}") == []


FOUND = [
    ("身份证号：410621800101123", ConcernKind.IDENTITY_NUMBER),
    ("手机：13812345678", ConcernKind.MOBILE),
    ("手机：１３８１２３４５６７８", ConcernKind.MOBILE),
    ("手机 138 1234 5678，", ConcernKind.MOBILE),
    ("手机+86-138-1234-5678", ConcernKind.MOBILE),
    ("| 张三 | 13812345678 |", ConcernKind.MOBILE),
    (f"卡号 {' '.join([luhn('622202021234567')[i : i + 4] for i in range(0, 16, 4)])}", ConcernKind.BANK_CARD),
    ("车牌豫A12345", ConcernKind.PLATE),
    ("车牌豫A·1B234。", ConcernKind.PLATE),
    ("粤BD12345", ConcernKind.PLATE),
    ("粤Z1234港", ConcernKind.PLATE),
    ("来信寄zhangsan@example.com", ConcernKind.EMAIL),
    ("联系人：张三，邮箱：zhangsan@163.com", ConcernKind.EMAIL),
    ("邮箱：435244729@qq.com", ConcernKind.EMAIL),
    ("机密★1年\n\n关于低保的通知", ConcernKind.SECRECY_MARK),
    ("正文在前\n秘密 ★ 长期", ConcernKind.SECRECY_MARK),
    ("【秘密】\n关于低保的通知", ConcernKind.SECRECY_MARK),
    ("# 绝 密\n正文", ConcernKind.SECRECY_MARK),
    ("密级：机密\n正文", ConcernKind.SECRECY_MARK),
    ("内部资料 注意保存\n正文", ConcernKind.INTERNAL_MARK),
    ("（内部文件，请勿外传）", ConcernKind.INTERNAL_MARK),
    ("正文。\n工作秘密\n", ConcernKind.INTERNAL_MARK),
    ("正文。\n（此件不予公开）", ConcernKind.INTERNAL_MARK),
    ("正文。（此件依申请公开）", ConcernKind.INTERNAL_MARK),
    ("公开属性：不予公开", ConcernKind.INTERNAL_MARK),
    ("注意保存\n正文", ConcernKind.INTERNAL_MARK),
]


@pytest.mark.parametrize(("text", "kind"), FOUND)
def test_what_must_not_be_published_unseen_is_found(text: str, kind: ConcernKind) -> None:
    assert kinds(text) == [kind]
    assert kinds("", title=text.replace("\n", " ")) == [kind] or "\n" in text


@pytest.mark.parametrize(
    "text",
    [
        "电话：0392-5550000，12345，400-810-1234，（0392）5550000转8001",
        "咨询电话：010-13812345678901",
        "身份证号 410621801301123 填写有误",
        "项目代码 2101-440100-04-01-123456，合同编号 HT13812345678A",
        "https://www.example.gov.cn/t20231013812345678.html?id=13812345678",
        "投入资金 138123456.78 元，增长 13812345678.5 万元",
        "统一社会信用代码 91410621MA3X000000，组织机构代码 00563512-3",
        "邮箱：gongkai@xunxian.gov.cn，zhang.san@hebi.gov.cn",
        "地址：浚县黎阳路62号 E-mail:xxwz0001@163.com",
        "征求意见，电子邮箱：hbszyjy@126.com。",
        "泄露国家秘密的，依法处理。涉及绝密级、机密级、秘密级事项的，由保密部门确定。",
        "第九条 国家秘密的密级分为绝密、机密、秘密三级。",
        "不得泄露工作秘密。属于内部资料的，应当妥善保管。档案应当注意保存。",
        "行政机关可以不予公开。有下列情形之一的，不予公开：",
        "（此件公开发布） 公开属性：主动公开",
        "粤B2-20090059，京ICP备05000000号，粤A12345678，国务院令第711号",
        "沪昆高速公路G60 川藏线 豫政办〔2026〕12号",
    ],
)
def test_ordinary_words_and_numbers_are_left_alone(text: str) -> None:
    assert scan(a_document("关于保守国家秘密的规定", text=text)) == ()


def test_places_are_numbered_in_their_order_with_their_lines_and_nothing_to_identify_anybody_by() -> None:
    number = checked("11010519491231002")
    document = a_document(
        "机密★关于低保的通知", text=f"第一行\n张三{number}，13812345678\n第三行 lisi@example.com 0392-5550000"
    )

    concerns = scan(document)

    assert [(one.number, one.kind, one.line) for one in concerns] == [
        (1, ConcernKind.SECRECY_MARK, 0),
        (2, ConcernKind.IDENTITY_NUMBER, 2),
        (3, ConcernKind.MOBILE, 2),
        (4, ConcernKind.EMAIL, 3),
    ]
    assert [one.excerpt for one in concerns] == [
        "机密★关于低保的通知",
        f"张三110*************{number[-2:]}，*********",
        "*********，138******78",
        "第三行 lis***********om ****-****",
    ]


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_the_scan(text: str) -> None:
    for concern in scan(a_document(text, text=text)):
        assert concern.line <= text.count("\n") + 1


@pytest.mark.parametrize("piece", ["\n", "1", "1 ", "a", "a.", "a@", "密", "【", "京A", "138", "内部资料"])
def test_a_text_made_to_hold_the_scan_up_does_not(piece: str) -> None:
    scan(a_document("题", text=piece * (100_000 // len(piece))))


@pytest.mark.data
def test_the_laws_and_pages_at_hand_are_clean(shared_data: Path) -> None:
    files = [*(shared_data / "law").iterdir(), *(shared_data / "importer" / "md").iterdir()]
    found = {
        file.name: scan(reading.document)
        for file in files
        for reading in read_file(str(file), file.read_bytes())
        if reading.document
    }

    assert len(found) == len(files)
    assert set(found.values()) == {()}


def test_marks_from_outside_the_main_text_count_and_telephone_numbers_there_do_not() -> None:
    dropped = "浚县民政局\n机密★10年\n| 公开方式： | 依申请公开 |\n电话 13812345678"
    concerns = scan(a_document("通知", text="正文。13912345678"), dropped)

    assert [(one.number, one.kind, one.outside) for one in concerns] == [
        (1, ConcernKind.MOBILE, False),
        (2, ConcernKind.SECRECY_MARK, True),
        (3, ConcernKind.INTERNAL_MARK, True),
    ]
    assert [one.where for one in concerns[:2]] == ["第 1 行", "正文之外，如页眉、页脚"]


def test_marks_from_outside_stay_when_the_text_is_changed() -> None:
    before = scan(a_document("通知", text="正文。13912345678"), "机密★10年")
    after = again(a_document("通知", text="正文。"), before)

    assert [(one.number, one.kind, one.outside) for one in after] == [(1, ConcernKind.SECRECY_MARK, True)]


@pytest.mark.parametrize("field", ["issuer", "number", "topic", "department", "url", "disclosure_reason"])
def test_every_field_that_is_shown_is_scanned(field: str) -> None:
    document = replace(a_document("通知", text="正文。"), **{field: "张三 13812345678"})  # type: ignore[arg-type]  # any field of text

    assert [(one.kind, one.line, one.where) for one in scan(document)] == [(ConcernKind.MOBILE, 0, "标题等栏目")]


@pytest.mark.parametrize("sign", ["\u200b", "\u200d", "\u200f", "\ufeff", "\xad"])
def test_signs_that_nobody_sees_hide_nothing(sign: str) -> None:
    assert kinds(f"甲\n手机：138{sign}1234{sign}5678") == [ConcernKind.MOBILE]
    assert kinds(f"机{sign}密★1年") == [ConcernKind.SECRECY_MARK]


@pytest.mark.parametrize("piece", ["1 ", "1", "19", "2 0 ", "110105 1949 12 31 "])
def test_digits_without_end_are_looked_through_at_once(piece: str) -> None:
    text = piece * (800_000 // len(piece))
    start = time.process_time()
    list(_IDENTITY.finditer(text))

    assert time.process_time() - start < 3
