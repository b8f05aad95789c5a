import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.title import LONGEST, named_title, read_title

COURT = "最高人民法院"
PREFACE = [
    "中华人民共和国最高人民法院",
    "公    告",
    "《最高人民法院关于审理船员纠纷的规定》已通过，现予公布。",
    "2020年9月27日",
]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (["低保办法", "第一条 正文。"], "低保办法"),
        (
            [COURT, "关于审理涉船员纠纷案件", "若干问题的规定", "法释〔2020〕11号"],
            "最高人民法院关于审理涉船员纠纷案件若干问题的规定",
        ),
        (
            ["最高人民法院关于", "《公司法》第八十八条第一款", "不溯及适用的批复", "法释〔2024〕15号"],
            "最高人民法院关于《公司法》第八十八条第一款不溯及适用的批复",
        ),
        (
            ["国务院关于印发《全民健身计划", "（2026—2030年）》的通知", "国发〔2026〕26号"],
            "国务院关于印发《全民健身计划（2026—2030年）》的通知",
        ),
        (["浚县民政局 浚县财政局", "关于低保的通知"], "浚县民政局 浚县财政局关于低保的通知"),
        (["浚县民政局", "浚县财政局", "关于低保的通知", "各乡镇："], "浚县民政局 浚县财政局关于低保的通知"),
        (
            ["关于办理非法从事资金支付结算业务、", "非法买卖外汇案件若干问题的解释"],
            "关于办理非法从事资金支付结算业务、非法买卖外汇案件若干问题的解释",
        ),
        ([*PREFACE, COURT, "关于审理船员纠纷的规定", "法释〔2020〕11号"], "最高人民法院关于审理船员纠纷的规定"),
        (["浚县人民政府", "通告", "2024年3月5日", "各乡镇："], "浚县人民政府通告"),
        (["低保标准（2024年版）", "（2024年3月5日县政府常务会议通过）", "的通知"], "低保标准（2024年版）"),
        (["低保工作安排意见", "一、总体要求", "落实的通知"], "低保工作安排意见"),
        (["怎么申请低保", "请到乡镇政府咨询办理", "需要的材料如下"], "怎么申请低保"),
        (["低  保   办  法", "正文"], "低 保 办 法"),
        ([], ""),
        (["——", "※"], ""),
    ],
)
def test_a_title_is_read_over_as_many_lines_as_it_takes(head: list[str], title: str) -> None:
    assert read_title(head) == title


LINES = [
    "最高人民法院",
    "关于修改《高消费",
    "规定》的决定",
    "正文。",
    "最高人民法院关于限制高消费的",
    "若干规定",
    "第一条 正文。",
]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("最高人民法院关于限制高消费的若干规定_20150720", "最高人民法院关于限制高消费的若干规定"),
        ("最高人民法院+关于修改《高消费规定》的决定", "最高人民法院关于修改《高消费规定》的决定"),
        ("最高人民法院关于限制高消费的若干规定_司法_中国政府网", "最高人民法院关于限制高消费的若干规定"),
        ("最高人民法院令　　最高人民法院关于限制高消费的若干规定", "最高人民法院关于限制高消费的若干规定"),
        ("限制高消费", ""),
        ("正文", ""),
        ("20150720", ""),
        ("Microsoft Word - document", ""),
        ("", ""),
    ],
)
def test_a_name_counts_where_lines_of_the_text_say_the_same(name: str, title: str) -> None:
    assert named_title(LINES, name) == title


def test_a_decree_in_a_name_is_a_number_and_no_title() -> None:
    lines = ["交通运输部令（2026年第10号）", "公共航空运输企业经营许可规定"]

    assert named_title(lines, "交通运输部令（2026年第10号）  公共航空运输企业经营许可规定_公报") == lines[1]


@given(
    st.lists(
        st.text("关于低保的通知办法《》（）、，：。 \u3000第一章条浚县政府局公告2024年月日〔〕号#*", max_size=60),
        max_size=12,
    )
)
def test_any_lines_are_read(lines: list[str]) -> None:
    assert len(read_title(lines)) <= LONGEST
    assert isinstance(named_title(lines, "关于低保的通知_浚县"), str)


@pytest.mark.parametrize("line", ["会" * 100_000, "、" * 100_000, "《" * 100_000, "局 " * 50_000, "关于" * 50_000])
def test_huge_lines_are_read_in_linear_time(line: str) -> None:
    assert read_title([line] * 12) == ""
    assert named_title([line] * 12, "关于低保的通知") == ""
