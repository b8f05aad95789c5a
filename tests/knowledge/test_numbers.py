import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.numbers import Number, find_numbers, number_key, own_number, without_numbers

BRACKETS = ("〔 〕", "[ ]", "﹝ ﹞", "【 】", "［ ］", "（ ）", "( )", "〖 〗", "《 》")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def keys(text: str) -> list[str]:
    return [number.key for number in find_numbers(text)]


def variants(agency: str, year: str, serial: str) -> Iterator[str]:
    """Yield the ways in which people write a number."""
    for left, right in map(str.split, BRACKETS):
        yield f"{agency}{left}{year}{right}{serial}号"
        yield f"{agency}{left}{year}{right}{serial}"
        yield f"{agency} {left}{year}{right} {serial} 号"
        yield f"{agency}{left}{year}{right}第{serial}号".translate(FULL_WIDTH)
        yield f"{agency}{left} {year} 年{right}\u3000{serial}\u3000号"
    yield f"{agency}{year}年{serial}号"
    yield f"{agency}{year}第{serial}号"
    yield f"{agency} {year} {serial}"
    yield f"{agency}{year}-{serial}"


@pytest.mark.parametrize("written", list(variants("豫政办", "2014", "59")))
def test_every_way_of_writing_a_number_has_one_key(written: str) -> None:
    assert number_key(written) == "豫政办|2014|59"
    assert keys(f"{written}讲了什么") == ["豫政办|2014|59"]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("国令第711号", "国令||711"),
        ("国务院令第711号", "国令||711"),
        ("国务院令 第 711 号", "国令||711"),
        ("国务院令（第711号）", "国令||711"),
        ("国务院令711号", "国令||711"),
        ("国务院第711号令", "国令||711"),
        ("中华人民共和国国务院令第711号", "国令||711"),
        ("中华人民共和国国务院令第七百一十一号", "国令||711"),
        ("中华人民共和国主席令（第五十七号）", "主席令||57"),
        ("主席令第57号", "主席令||57"),
        ("中华人民共和国交通运输部令2026年第10号", "交通运输部令|2026|10"),
        ("交通运输部令（2026年第10号）", "交通运输部令|2026|10"),
        ("国家税务总局公告2020年第3号", "国家税务总局公告|2020|3"),
        ("国家税务总局2020年第3号公告", "国家税务总局公告|2020|3"),
        ("财政部、税务总局公告2023年第12号", "财政部税务总局公告|2023|12"),
        ("财政部 税务总局公告2023年第12号", "财政部税务总局公告|2023|12"),
        ("河南省人民政府令第150号", "河南省政府令||150"),
        ("河南省政府令 第150号", "河南省政府令||150"),
        ("发文字号：豫政 〔2014〕43号", "豫政|2014|43"),
        ("文号: 浚政〔2024〕3号", "浚政|2024|3"),
        ("浚政〔2024〕003号", "浚政|2024|3"),
    ],
)
def test_decrees_and_announcements_have_one_key_too(written: str, key: str) -> None:
    assert number_key(written) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "号",
        "公布于2014年5月30日",
        "公布于2014-05-30",
        "公布于2014 05 30",
        "公布于2014.5.30",
        "请问2023年12月31日前能办吗",
        "2024年3月1日至2024年5月1日",
        "高考报名时间2024年11月",
        "县里2024年12个项目",
        "参保人数 2000 35万",
        "电话0371-65900000",
        "联系电话2023-1234",
        "联系电话 0392-2023 1234",
        "热线12345",
        "手机13812345678",
        "身份证410621199001011234",
        "第3号楼怎么走",
        "解放路第12号要拆迁吗",
        "第1号台风什么时候来",
        "〔2014〕",
        "请问5号窗口办什么",
        "发文字号：",
        "二〇二四年五月三日",
    ],
)
def test_dates_telephone_numbers_and_addresses_are_no_document_numbers(text: str) -> None:
    assert find_numbers(text) == ()
    assert number_key(text) == ""


def test_all_numbers_of_a_text_are_found_in_order_and_once() -> None:
    text = "豫政办(2014)59号和豫政〔2014〕43号、国令第711号，还有豫政办〔2014〕59号"

    assert keys(text) == ["豫政办|2014|59", "和豫政|2014|43", "国令||711", "还有豫政办|2014|59"]


def test_words_in_front_of_a_number_can_be_left_off() -> None:
    (number,) = find_numbers("请问中华人民共和国国务院令第711号讲什么")

    assert "国令||711" in set(number.keys())
    assert next(iter(number.keys())) == number.key


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("第59号", Number("", "", "59")),
        ("第59号讲了什么", Number("", "", "59")),
        ("第59号令怎么说", Number("", "", "59")),
        ("根据第七百一十一号令", Number("", "", "711")),
        ("59号文", Number("", "", "59")),
        ("〔2014〕59号", Number("", "2014", "59")),
    ],
)
def test_a_number_without_agency_is_found_but_is_no_key_of_a_document(text: str, number: Number) -> None:
    assert find_numbers(text) == (number,)
    assert number_key(text) == ""


def test_a_number_without_agency_comes_after_full_ones() -> None:
    assert keys("第59号令，豫政〔2014〕43号") == ["豫政|2014|43", "||59"]


def test_a_number_can_be_asked_for_without_agency_or_year() -> None:
    assert Number("豫政", "2014", "43").short_keys() == ("|2014|43", "||43")
    assert Number("国令", "", "711").short_keys() == ("||711",)


def test_a_document_without_a_full_number_has_no_own_number() -> None:
    assert own_number("文号：豫政（2014）43号") == Number("豫政", "2014", "43")
    assert own_number("第59号") is None
    assert own_number("") is None


def test_numbers_are_blanked_out() -> None:
    assert without_numbers("根据豫政办〔2014〕59号多少天答复").split() == ["多少天答复"]
    assert without_numbers("第59号令多少天").split() == ["多少天"]
    assert without_numbers("2014年5月30日") == "2014年5月30日"


def test_an_endless_numeral_is_no_number() -> None:
    assert find_numbers(f"国务院令第{'一' * 5000}号") == ()


@given(st.text())
def test_any_text_is_searched_without_error(text: str) -> None:
    for number in find_numbers(text):
        assert number.serial.isdecimal()
        assert list(number.keys())


@given(
    st.text("豫浚政办发函规字府令", min_size=2, max_size=6), st.integers(1949, 2049), st.integers(1, 99999), st.data()
)
def test_variants_of_any_number_meet_on_one_key(agency: str, year: int, serial: int, data: st.DataObject) -> None:
    written = data.draw(st.sampled_from(list(variants(agency, str(year), str(serial)))[: 5 * len(BRACKETS)]))

    assert number_key(written) == f"{agency}|{year}|{serial}"


def test_a_long_text_is_searched_in_linear_time() -> None:
    for text in ("好" * 20_000, "好 " * 10_000, "2014" * 5_000, "好" * 30 + " " * 20_000, "〔2014〕" * 4_000):
        assert find_numbers(text) == ()


@pytest.mark.data
@pytest.mark.timeout(60)
def test_real_numbers_meet_their_variants(shared_data: Path) -> None:
    lines = (shared_data / "quality" / "doc_numbers.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if re.search(r"\d", row["doc_no"])]
    tried = met = 0
    for row in rows:
        key = number_key(row["doc_no"])
        agency, year, serial = key.split("|") if key else ("", "", "")
        written = [row["doc_no_raw"], *(variants(agency, year, serial) if year else [])]
        tried += len(written)
        met += sum(bool(key) and number_key(each) == key for each in written)

    assert len(rows) > 3900
    assert met / tried >= 0.995


@pytest.mark.data
def test_keys_of_real_numbers_are_agency_year_and_serial(shared_data: Path) -> None:
    lines = (shared_data / "quality" / "doc_numbers.jsonl").read_text(encoding="utf-8").splitlines()
    plain = re.compile(r"\s*([\u4e00-\u9fff]+)\s*〔(\d{4})〕\s*0*(\d+)号\s*")
    matches = [match for match in (plain.fullmatch(json.loads(line)["doc_no"]) for line in lines) if match]

    assert len(matches) > 3000
    assert [match[0] for match in matches if number_key(match[0]) != "|".join(match.groups())] == []
