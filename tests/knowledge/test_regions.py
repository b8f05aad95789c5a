from pathlib import Path

import pytest

from knowledge.gazetteer import Gazetteer, Place
from knowledge.regions import Standing, applies, place_of, places_of, standing
from tests.fakes import a_document

COUNTRY = Gazetteer.load(Path(__file__).resolve().parents[2] / "config" / "regions.txt")
YUNLING = Gazetteer(own=("岚川市", "云岭县"))
HENAN: Place = ("河南省",)
HEBI: Place = ("河南省", "鹤壁市")
XUNXIAN: Place = ("河南省", "鹤壁市", "浚县")


@pytest.mark.parametrize(
    ("issuer", "place"),
    [
        ("浚县人民政府办公室", XUNXIAN),
        ("鹤壁市民政局、鹤壁市财政局", HEBI),
        ("天河区教育局", ("广东省", "广州市", "天河区")),
        ("国家税务总局厦门市税务局", ("福建省", "厦门市")),
        ("中共浚县委办公室", XUNXIAN),
        ("新疆维吾尔自治区教育厅", ("新疆维吾尔自治区",)),
        ("虚构县民政局", ("虚构县",)),
        # there are several
        ("鼓楼区民政局", ()),
        ("国家税务总局", ()),
        ("国务院", ()),
        ("市场监督管理局", ()),
        ("县住房保障服务中心", ()),
        ("本县人民政府", ()),
        ("", ()),
    ],
)
def test_the_place_is_read_from_the_agency(issuer: str, place: Place) -> None:
    assert place_of(issuer, COUNTRY) == place


@pytest.mark.parametrize(
    ("issuer", "title", "places"),
    [
        ("鹤壁市民政局", "低保办法", (HEBI,)),
        ("鹤壁市人民政府", "关于浚县城区规划的批复", (HEBI, XUNXIAN)),
        ("国务院", "关于河南省国土空间规划的批复", ()),
        ("", "鹤壁市低保办法", ()),
    ],
)
def test_a_document_is_of_its_issuers_place_and_of_those_its_title_names(
    issuer: str, title: str, places: tuple[Place, ...]
) -> None:
    assert places_of(a_document(title, issuer=issuer), COUNTRY) == places


@pytest.mark.parametrize(
    ("issuer", "title", "stands"),
    [
        ("云岭县民政局", "低保办法", Standing.OWN),
        ("岚川市生态环境局云岭分局", "公告", Standing.OWN),
        ("岚川市人民政府", "云岭县城区规划批复", Standing.OWN),
        ("民政局", "低保办法", Standing.OWN),
        ("", "低保办法", Standing.OWN),
        ("岚川市人民政府", "公积金办法", Standing.ABOVE),
        ("国务院", "社会救助暂行办法", Standing.ABOVE),
        ("国家税务总局", "公告", Standing.ABOVE),
        ("清溪县民政局", "低保办法", Standing.ELSEWHERE),
    ],
)
def test_a_text_is_the_offices_own_or_of_a_higher_level_or_of_another_place(
    issuer: str, title: str, stands: Standing
) -> None:
    assert standing(a_document(title, issuer=issuer), YUNLING) is stands


def test_an_office_whose_place_is_not_known_takes_everything_as_its_own() -> None:
    assert standing(a_document("低保办法", issuer="清溪县民政局"), Gazetteer()) is Standing.OWN


@pytest.mark.parametrize(
    ("places", "may"),
    [
        ((XUNXIAN,), True),
        ((HEBI,), True),
        ((HENAN,), True),
        ((), True),
        ((("河南省", "鹤壁市", "淇县"),), False),
        ((("广东省",),), False),
        ((("广东省",), XUNXIAN), True),
    ],
)
def test_a_question_about_a_place_is_answered_by_it_by_those_above_and_by_texts_of_no_place(
    *, places: tuple[Place, ...], may: bool
) -> None:
    assert applies(places, [frozenset({XUNXIAN})]) is may


def test_what_lies_in_the_place_asked_for_may_answer() -> None:
    assert applies((XUNXIAN,), [frozenset({HENAN})])
