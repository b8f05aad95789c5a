from datetime import date

import pytest

from register.errors import UnreadableWording
from register.letters.wording import Wording, chinese_day
from tests.register.letters.samples import TEXTS, WORDING


def changed(old: str, new: str) -> list[str]:
    assert any(old in text for text in TEXTS)
    return [text.replace(old, new) for text in TEXTS]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[receipt]", "[recipe]", "缺少文书“receipt”"),
        ('a37 = "', 'b37 = "', "条文表缺少：a37"),
        ("六个月内向", "三个月内向", "六个月"),
        ("六个月内向", "3 个月内向", "六个月"),
        ("{{ received }}", "{{ received", "写法有误"),
        ('to = "third_party"', 'to = "neighbour"', "写法有误"),
        ('opening = "', 'ending = "', "写法有误"),
        ("[frame]", "[frame", "写法有误"),
    ],
)
def test_templates_that_cannot_be_used_are_refused_in_chinese(old: str, new: str, told: str) -> None:
    with pytest.raises(UnreadableWording, match=told):
        Wording.parse(changed(old, new))


def test_a_change_of_law_is_a_new_edition() -> None:
    articles = next(text for text in TEXTS if "[[editions]]" in text)
    later = articles.replace("2019-05-15", "2027-01-01").replace("第三十条", "第三十一条之一")
    both = Wording.parse((*[text for text in TEXTS if text is not articles], articles + later))

    assert both.law(date(2026, 12, 31))["a30"].endswith("第三十条")
    assert both.law(date(2027, 1, 1))["a30"].endswith("第三十一条之一")
    assert both.law(date(2000, 1, 1))["a30"].endswith("第三十条")


def test_no_template_reaches_into_python() -> None:
    with pytest.raises(UnreadableWording):
        Wording.parse(changed("[words]\n", '[words]\nbad = "{{ ().__class__ }"\n'))


def test_a_day_is_written_as_letters_write_it() -> None:
    assert chinese_day(date(2026, 3, 2)) == chinese_day("2026-03-02") == "2026年3月2日"


def test_the_wording_that_ships_is_complete() -> None:
    assert len(WORDING.letters) == 37
