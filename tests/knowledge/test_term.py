from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.term import Term, judge, read_repeals, read_term
from knowledge.types import Validity

ISSUED = date(2024, 2, 29)
DAYS = st.none() | st.dates(date(2000, 1, 1), date(2050, 1, 1))


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("本办法自2020年1月1日起施行，有效期五年。", Term(date(2020, 1, 1), date(2024, 12, 31))),
        ("本办法自2019年2月1日实施，有效期5年。", Term(date(2019, 2, 1), date(2024, 1, 31))),
        ("第五十四条　本办法自印发之日起施行，有效期5年。", Term(ISSUED, date(2029, 2, 27))),
        ("自发布之日起施行，有效期为2年。", Term(ISSUED, date(2026, 2, 27))),
        ("本通知自即日起执行，试行期一年。", Term(ISSUED, date(2025, 2, 27))),
        ("本规定自公布之日起30日后施行。", Term(date(2024, 3, 30), None)),
        ("本规定自公布之日起三个月后施行。", Term(date(2024, 5, 29), None)),
        ("本办法自2020年1月1日起施行。有效期至2022年12月31日。", Term(date(2020, 1, 1), date(2022, 12, 31))),
        ("本办法自2020年1月1日起施行，有效期至2022年12月31日。", Term(date(2020, 1, 1), date(2022, 12, 31))),
        ("本办法自2020年1月1日起施行至2022年12月31日止。", Term(date(2020, 1, 1), date(2022, 12, 31))),
        ("本通知有效期自2020年1月1日至2022年12月31日。", Term(ISSUED, date(2022, 12, 31))),
        ("本通知有效期6个月。", Term(ISSUED, date(2024, 8, 28))),
        ("（2019年12月2日通过，自2019年12月30日起施行）", Term(date(2019, 12, 30), None)),
        ("现予公布，自2019年2月1日起施行。", Term(date(2019, 2, 1), None)),
        ("本条例自二〇二〇年三月一日起施行。", Term(date(2020, 3, 1), None)),
        ("本办法自2020年1月1日起试行，试行两年。", Term(date(2020, 1, 1), date(2021, 12, 31))),
    ],
)
def test_a_text_tells_from_when_and_until_when_it_holds(text: str, term: Term) -> None:
    assert read_term(f"第一条　为了规范。\n{text}", issued_on=ISSUED) == term


@pytest.mark.parametrize(
    "text",
    [
        "",
        "许可证有效期五年，期满前三十日申请延续。",
        "公共航空运输企业经营许可证长期有效。",
        "身份证有效期至2030年1月1日的，可以办理。",
        "2024年7月1日起施行的《公司法》第八十八条适用于以后的行为。",
        "《低保办法》自2020年1月1日起施行，有效期五年。",
        "本办法有效期届满，根据实施情况修订。",
        "本办法自2020年13月1日起施行。",
    ],
)
def test_what_is_not_about_the_text_itself_is_no_term(text: str) -> None:
    assert read_term(text) == Term()


def test_rules_with_an_end_go_before_the_notice_that_brings_them() -> None:
    notice = "本通知自2024年1月1日起施行。\n附件\n本办法自2024年2月1日起施行，有效期三年。\n本表自2024年3月1日起执行。"

    assert read_term(notice) == Term(date(2024, 2, 1), date(2027, 1, 31))


def test_a_relative_start_needs_a_day_of_issue() -> None:
    assert read_term("本办法自发布之日起施行，有效期五年。") == Term()


@pytest.mark.parametrize(
    ("stated", "effective", "expires", "judged"),
    [
        (Validity.IN_FORCE, None, None, Validity.IN_FORCE),
        (Validity.IN_FORCE, date(2025, 1, 1), None, Validity.IN_FORCE),
        (Validity.IN_FORCE, date(2025, 1, 2), None, Validity.NOT_YET_EFFECTIVE),
        (Validity.IN_FORCE, None, date(2025, 1, 1), Validity.IN_FORCE),
        (Validity.IN_FORCE, None, date(2024, 12, 31), Validity.EXPIRED),
        (Validity.AMENDED, None, date(2024, 12, 31), Validity.EXPIRED),
        (Validity.AMENDED, date(2020, 1, 1), None, Validity.AMENDED),
        (Validity.NOT_YET_EFFECTIVE, date(2025, 1, 1), None, Validity.IN_FORCE),
        (Validity.NOT_YET_EFFECTIVE, None, None, Validity.NOT_YET_EFFECTIVE),
        (Validity.REPEALED, date(2030, 1, 1), None, Validity.REPEALED),
        (Validity.DRAFT, None, date(2020, 1, 1), Validity.DRAFT),
        (Validity.EXPIRED, date(2020, 1, 1), date(2030, 1, 1), Validity.EXPIRED),
    ],
)
def test_validity_follows_from_the_term_and_the_day(
    stated: Validity, effective: date | None, expires: date | None, judged: Validity
) -> None:
    assert judge(stated, effective_on=effective, expires_on=expires, today=date(2025, 1, 1)) is judged


@given(st.sampled_from(Validity), DAYS, DAYS, st.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_nothing_that_is_over_is_in_force(
    stated: Validity, effective: date | None, expires: date | None, today: date
) -> None:
    judged = judge(stated, effective_on=effective, expires_on=expires, today=today)

    assert judged is not Validity.IN_FORCE or not (expires and expires < today)
    assert judged is not Validity.IN_FORCE or not (effective and effective > today)
    assert judge(judged, effective_on=effective, expires_on=expires, today=today) is judged


@pytest.mark.parametrize(
    ("text", "repealed"),
    [
        ("本办法自2020年1月1日起施行。《低保办法》同时废止。", ("低保办法",)),
        ("本办法自公布之日起施行，《低保办法》（浚政〔2010〕1号）同时废止。", ("浚政〔2010〕1号",)),
        ("根据《社会救助法》制定，自公布之日起施行，原《低保办法》同时废止。", ("低保办法",)),
        ("《甲办法》（浚政〔2010〕1号）、《乙办法》予以废止。", ("浚政〔2010〕1号", "乙办法")),
        ("《关于修改〈低保办法〉的决定》（财政部令第18号）即行废止。", ("财政部令第18号",)),
        ("《关于贯彻《社会救助法》的通知》同时失效。", ("关于贯彻《社会救助法》的通知",)),
        ("根据《社会救助法》制定本办法。", ()),
        ("违反本办法的，予以废止其资格。", ()),
        ("", ()),
    ],
)
def test_a_text_names_what_it_ends(text: str, repealed: tuple[str, ...]) -> None:
    assert read_repeals(text) == repealed


@given(
    st.text(st.sampled_from("本办法自2020年1月日起施行，有效期五年至。《》（）同时废止号〔〕\n即公布之"), max_size=300)
)
def test_any_text_is_read(text: str) -> None:
    read_term(text, issued_on=ISSUED)
    assert len(read_repeals(text)) <= 50


@pytest.mark.parametrize(
    "text",
    [
        "本" * 100_000,
        "自2020年1月1日" * 10_000,
        "《" * 50_000 + "废止",
        "《甲》（" * 20_000 + "同时废止",
        "有效期" * 50_000,
    ],
)
def test_a_huge_text_is_read_in_linear_time(text: str) -> None:
    assert read_term(text) == Term()
    assert len(read_repeals(text)) <= 50
