import pytest

from knowledge.regions import is_local, place_of

OFFICE = "云岭县人民政府办公室"


@pytest.mark.parametrize(
    ("issuer", "place"),
    [
        ("云岭县民政局", "云岭"),
        ("浚县人民政府办公室", "浚县"),
        ("岚川市生态环境局云岭分局", "岚川"),
        ("广东省人力资源和社会保障厅", "广东"),
        ("新疆维吾尔自治区教育厅", "新疆维吾尔"),
        ("国家税务总局厦门市税务局", "厦门"),
        ("中共云岭县委办公室", "云岭"),
        ("国家税务总局", ""),
        ("国务院", ""),
        ("市场监督管理局", ""),
        ("县住房保障服务中心", ""),
        ("本县人民政府", ""),
        ("", ""),
    ],
)
def test_the_place_is_read_from_the_agency(issuer: str, place: str) -> None:
    assert place_of(issuer) == place


@pytest.mark.parametrize(
    ("issuer", "title", "local"),
    [
        ("云岭县民政局", "低保办法", True),
        ("岚川市生态环境局云岭分局", "公告", True),
        ("岚川市人民政府", "云岭县城区规划批复", True),
        ("民政局", "低保办法", True),
        ("", "低保办法", True),
        ("岚川市人民政府", "公积金办法", False),
        ("清溪县民政局", "低保办法", False),
        ("国务院", "社会救助暂行办法", False),
        ("国家税务总局", "公告", False),
    ],
)
def test_a_text_of_another_place_or_a_higher_level_is_not_local(*, issuer: str, title: str, local: bool) -> None:
    assert is_local(issuer, title=title, office=OFFICE) is local


def test_an_office_without_a_place_in_its_name_takes_everything_as_its_own() -> None:
    assert is_local("清溪县民政局", title="低保办法", office="政务服务中心")
