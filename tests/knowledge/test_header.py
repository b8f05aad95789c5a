from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.dates import read_date
from knowledge.header import Header, read_header

LAW = """# 中华人民共和国政府信息公开条例

2007年4月5日 中华人民共和国国务院令第492号公布

2019年4月3日 中华人民共和国国务院令第711号修订\u3000

2019年5月15日 施行

<!-- INFO END -->

## 第一章 总则

第一条 为了保障公民依法获取政府信息，制定本条例。
"""
PAGE = """
河南省人民政府办公厅关于进一步加强政府信息公开工作的意见

发布时间:2015-04-20 00:00:00发布人:阅读: 次

来源：河南省人民政府

 各省辖市人民政府:
  来源：各部门要说明信息的来源；
  一、要主动公开，来源：网站。

        河南省人民政府办公厅
          2014年5月30日

中国河南浚县政府门户网站  河南浚县人民政府主办

备案序号:豫ICP备05010386号  豫公网安备 41062102410634号

地址:浚县黎阳路62号   E-mail:someone@example.invalid

网站标识码:4106210001
"""


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2014-05-30", date(2014, 5, 30)),
        ("2014-5-3", date(2014, 5, 3)),
        ("2014/05/30 10:00:00", date(2014, 5, 30)),
        ("2014.5.30", date(2014, 5, 30)),
        ("2014 年 5 月 30 日", date(2014, 5, 30)),
        ("发布于2014年5月30日上午", date(2014, 5, 30)),
        ("2014-05-30T00:00:00Z", date(2014, 5, 30)),
        ("二〇一四年五月三十日", date(2014, 5, 30)),
        ("二○一四年十二月三十一日", date(2014, 12, 31)),
    ],
)
def test_a_date_is_read_in_every_usual_form(written: str, day: date) -> None:
    assert read_date(written) == day


@pytest.mark.parametrize(
    "written",
    ["", "2014", "2014-05", "2014-13-01", "2014-02-30", "2014-05-301", "20140530", "1870-01-01", "二〇一四年", "明天"],
)
def test_what_is_no_date_is_not_read(written: str) -> None:
    assert read_date(written) is None


def test_a_decree_tells_its_number_issuer_and_dates_and_the_last_amendment_counts() -> None:
    header = read_header(LAW)

    assert header == Header(
        text=LAW.replace("<!-- INFO END -->", "").strip(),
        title="中华人民共和国政府信息公开条例",
        number="国令第711号",
        issuer="国务院",
        published_on=date(2019, 4, 3),
        effective_on=date(2019, 5, 15),
    )


def test_a_page_loses_its_furniture_and_nothing_else() -> None:
    header = read_header(PAGE)

    assert (header.title, header.issuer) == (
        "河南省人民政府办公厅关于进一步加强政府信息公开工作的意见",
        "河南省人民政府办公厅",
    )
    assert header.published_on == date(2015, 4, 20)
    assert header.text.split() == [
        "河南省人民政府办公厅关于进一步加强政府信息公开工作的意见",
        "各省辖市人民政府:",
        "来源：各部门要说明信息的来源；",
        "一、要主动公开，来源：网站。",
        "河南省人民政府办公厅",
        "2014年5月30日",
    ]


@pytest.mark.parametrize(
    "line",
    ["第二十条 实施细则报省政府备案。", "地址：黎阳路62号", "技术支持：县大数据局", "E-mail: someone@example.invalid"],
)
def test_a_last_line_that_belongs_to_the_text_stays(line: str) -> None:
    assert read_header(f"关于办理的通知\n正文。\n{line}").text.endswith(line)


def test_furniture_words_in_the_middle_of_a_text_stay() -> None:
    middle = "\n".join(f"第{number}行。" for number in range(20))
    text = f"关于资金的通知\n{middle}\n来源：中央财政资金\n{middle}"

    assert "来源：中央财政资金" in read_header(text).text


def test_a_text_in_one_line_is_never_taken_for_furniture() -> None:
    text = f"来源：{'各级财政资金按比例分担' * 20}"

    assert read_header(text).text == text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# 关于低保的通知\n正文。", "关于低保的通知"),
        ("**关于低保的通知**\n正文。", "关于低保的通知"),
        ("浚县人民政府文件\n浚政〔2024〕3号\n浚县人民政府\n关于低保的通知\n各乡镇：", "浚县人民政府关于低保的通知"),
        ("文号：浚政〔2024〕3号\n关于低保的通知", ""),
        ("各乡镇人民政府：\n现通知如下。", ""),
        ("为了规范管理，制定本办法。\n正文", ""),
        ("很长" * 60, ""),
        ("", ""),
    ],
    ids=["heading", "bold", "letterhead", "label first", "addressee", "sentence", "endless", "empty"],
)
def test_the_title_is_a_line_that_reads_like_one(text: str, title: str) -> None:
    assert read_header(text).title == title


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("浚政〔2024〕3号", "浚政〔2024〕3号"),
        ("（浚政[2024]3号）", "浚政[2024]3号"),
        ("财库〔2019〕38号各中央预算单位，各省：", "财库〔2019〕38号"),
        ("文号：浚政（2024）3号", "浚政（2024）3号"),
        ("发文字号: 国令第711号", "国令第711号"),
        ("浚县人民政府令第3号", "浚县人民政府令第3号"),
        ("中华人民共和国国务院令（第711号）", "国令第711号"),
        ("（2007年4月5日国务院令第492号公布　2019年4月3日国务院令第711号修订）", "国令第711号"),
        ("国发〔2006〕6号文件要求，加强管理。", ""),
        ("根据《条例》（国务院令第492号）的规定，制定本办法。", ""),
        ("文号：", ""),
    ],
)
def test_the_number_is_that_of_the_document_itself(line: str, number: str) -> None:
    assert read_header(f"关于低保的通知\n{line}\n正文。").number == number


@pytest.mark.parametrize(
    ("foot", "issuer", "day"),
    [
        ("浚县民政局\n2024年3月5日", "浚县民政局", date(2024, 3, 5)),
        ("浚县民政局\n（2024年3月5日印发）", "浚县民政局", date(2024, 3, 5)),
        ("浚县民政局　二〇二四年三月五日", "浚县民政局", date(2024, 3, 5)),
        ("本通知自即日起施行。财政部2024年3月5日", "财政部", date(2024, 3, 5)),
        ("浚县民政局\n报名截止时间：2024年3月5日", "浚县民政局", None),
        ("咨询电话见附件", "", None),
    ],
)
def test_the_end_of_a_text_tells_who_signed_it_and_when(foot: str, issuer: str, day: date | None) -> None:
    header = read_header(f"关于低保的通知\n正文。\n{foot}")

    assert (header.issuer, header.published_on) == (issuer, day)


@pytest.mark.parametrize(
    ("title", "issuer"),
    [
        ("浚县民政局关于低保的通知", "浚县民政局"),
        ("浚县民政局、浚县财政局关于低保的通知", "浚县民政局、浚县财政局"),
        ("低保办法", ""),
        ("会" * 60 + "关于", ""),
    ],
)
def test_a_title_names_the_issuer(title: str, issuer: str) -> None:
    assert read_header(f"{title}\n正文。").issuer == issuer


@pytest.mark.parametrize(
    "line",
    ["2020年3月1日 施行", "（自2020年3月1日起施行）", "2020年2月1日公布，自2020年3月1日起实施"],
)
def test_the_head_tells_when_a_text_takes_effect(line: str) -> None:
    assert read_header(f"低保办法\n{line}\n第一条 正文。").effective_on == date(2020, 3, 1)


def test_the_last_article_tells_when_a_text_takes_effect() -> None:
    text = "低保办法\n第一条 正文。\n第二条 本办法自2020年3月1日起施行。2004年9月11日发布的办法同时废止。"

    assert read_header(text).effective_on == date(2020, 3, 1)


def test_comments_are_left_out_and_an_open_one_is_text() -> None:
    assert read_header("标题\n<!-- 甲\n乙 -->正文<!-- 丙 -->。").text == "标题\n正文。"
    assert read_header("标题\n正文 <!-- 未完").text == "标题\n正文 <!-- 未完"


@given(st.text(st.sampled_from("#<!->。：\n 关于政府局令第一号2019年〔〕公布施行来源备案ICP"), max_size=200))
def test_any_text_is_read(text: str) -> None:
    header = read_header(text)

    assert len(header.title) <= 100
    assert header.text == header.text.strip()


@pytest.mark.parametrize(
    "text",
    ["<!--" * 50_000, "会" * 100_000, "来源：" * 50_000, "2019年4月3日" * 20_000, "\n" * 100_000, "令" * 100_000],
)
def test_a_huge_text_is_read_in_linear_time(text: str) -> None:
    assert read_header(text).number == ""


@pytest.mark.data
def test_the_law_and_the_founding_text_are_read(shared_data: Path) -> None:
    founding, law = (
        read_header(file.read_text(encoding="utf-8"))
        for file in sorted((shared_data / "law").iterdir(), key=lambda file: file.suffix, reverse=True)
    )

    assert (founding.title, founding.number, founding.issuer, founding.published_on) == (
        "河南省人民政府办公厅关于进一步加强政府信息公开工作的意见",
        "",
        "河南省人民政府办公厅",
        date(2015, 4, 20),
    )
    assert not [word for word in ("发布时间", "ICP备", "网站标识码", "E-mail") if word in founding.text]
    assert founding.text.endswith("2014年5月30日")
    assert "2014年6月30日前报省政府办公厅备案。" in founding.text
    assert (law.title, law.number, law.issuer, law.published_on, law.effective_on) == (
        "中华人民共和国政府信息公开条例",
        "国令第711号",
        "国务院",
        date(2019, 4, 3),
        date(2019, 5, 15),
    )
    assert "INFO END" not in law.text
