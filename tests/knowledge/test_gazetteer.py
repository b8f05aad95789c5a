from pathlib import Path

import pytest

from knowledge.gazetteer import Gazetteer, Place, is_related

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def country() -> Gazetteer:
    return Gazetteer.load(ROOT / "config" / "regions.txt")


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("郑州市公积金怎么提取", ["河南省/郑州市"]),
        ("郑州公积金怎么提取", ["河南省/郑州市"]),
        ("广州天河区积分入学", ["广东省/广州市/天河区"]),
        ("广州天河积分入学", ["广东省/广州市/天河区"]),
        ("天河区属于广州哪里", ["广东省/广州市/天河区", "广东省/广州市"]),
        ("浚县的低保标准", ["河南省/鹤壁市/浚县"]),
        ("郑州市高新区补贴", ["河南省/郑州市/郑州高新技术产业开发区"]),
        ("雄安新区落户", ["河北省/河北雄安新区"]),
        ("内蒙古的草原补奖", ["内蒙古自治区"]),
        ("吉林落户", ["吉林省"]),
        ("广州人才引进", ["广东省/广州市"]),
        ("低保怎么申请", []),
        ("城区低保怎么申请", []),
        ("台湾通行证怎么办", []),
        ("市区公交几点", []),
    ],
)
def test_a_question_names_places_in_full_and_in_short(country: Gazetteer, question: str, asked: list[str]) -> None:
    assert ["/".join(place) for mention in country.asked(question) for place in mention] == asked


@pytest.mark.parametrize(
    "question",
    [
        "从北京回来要备案吗",
        "医保从广州转到浚县怎么办",
        "湖北籍人员返乡",
        "广州户口的孩子在哪里上学",
        "北京路几点封闭",
        "南京东路步行街",
        "中山大学学生医保",
        "上海银行的贷款",
        "去上海看病怎么报销",
    ],
)
def test_a_place_somebody_comes_from_or_goes_to_is_not_asked_about(country: Gazetteer, question: str) -> None:
    assert country.asked(question) == ()


def test_one_name_may_mean_several_places(country: Gazetteer) -> None:
    ((*places,),) = country.asked("鼓楼区幼儿园招生")

    assert {place[1] for place in places} == {"南京市", "徐州市", "福州市", "开封市"}
    assert country.asked("南京市鼓楼区幼儿园招生") == (frozenset({("江苏省", "南京市", "鼓楼区")}),)


def test_of_several_places_of_one_name_the_offices_own_is_meant(country: Gazetteer) -> None:
    own = country.of_office(("河南省", "开封市"))

    assert own.asked("鼓楼区幼儿园招生") == (frozenset({("河南省", "开封市", "鼓楼区")}),)


@pytest.mark.parametrize(
    ("given", "own"),
    [
        (("浚县",), ("河南省", "鹤壁市", "浚县")),
        (("河南省", "鹤壁市", "浚县"), ("河南省", "鹤壁市", "浚县")),
        # four of that name
        (("鼓楼区",), ("鼓楼区",)),
        (("海州市", "虚构县"), ("海州市", "虚构县")),
        ((), ()),
    ],
)
def test_the_offices_place_is_completed_from_the_list(country: Gazetteer, given: Place, own: Place) -> None:
    assert country.of_office(given).own == own


def test_the_offices_own_place_is_known_even_if_no_list_has_it() -> None:
    gazetteer = Gazetteer(own=("海州市", "虚构县"))

    assert gazetteer.asked("虚构低保") == (frozenset({("海州市", "虚构县")}),)
    assert gazetteer.asked("海州市低保") == (frozenset({("海州市",)}),)


def test_places_can_be_made_known_and_nothing_is_forgotten(country: Gazetteer) -> None:
    knowing = country.of_office(("浚县",)).knowing([("虚构县",), ()])

    assert knowing.asked("虚构县低保") == (frozenset({("虚构县",)}),)
    assert knowing.asked("郑州高新区补贴") == country.asked("郑州高新区补贴") != ()
    assert country.asked("虚构县低保") == ()


@pytest.mark.parametrize(
    ("agency", "places"),
    [
        ("广州市天河区教育局", {("广东省", "广州市", "天河区")}),
        ("鹤壁市民政局", {("河南省", "鹤壁市")}),
        ("省财政厅", set()),
        ("", set()),
    ],
)
def test_a_text_begins_with_a_place(country: Gazetteer, agency: str, places: set[Place]) -> None:
    assert country.at_start(agency) == places


def test_places_are_related_when_one_lies_in_the_other() -> None:
    assert is_related(("河南省",), ("河南省", "鹤壁市"))
    assert is_related(("河南省", "鹤壁市"), ("河南省",))
    assert not is_related(("河南省", "郑州市"), ("河南省", "鹤壁市"))


def test_every_place_of_the_list_is_found_by_its_full_name(country: Gazetteer) -> None:
    lines = (ROOT / "config" / "regions.txt").read_text(encoding="utf-8").splitlines()
    names = [line.split()[0] for line in lines if not line.startswith("#")]

    assert len(names) > 3000  # counties alone are more than 2,800
    assert [name for name in names if not country.named(name)] == []
