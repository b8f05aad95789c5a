import pytest

from knowledge.errors import UnreadableDocument
from knowledge.readers.html import read
from knowledge.readers.reading import Article

BODY = """
<p style="text-align:center">浚县民政局关于低保的通知</p>
<p>各乡镇人民政府：</p>
<p>　　为了做好低保工作，现将有关事项通知如下，请<b>认真</b>抓好
   落实。</p>
<p>一、标准。每人每月七百元，按月发放，不得截留、挪用。<br>二、办理。请到户籍地乡镇政府申请，材料齐全的当日受理。</p>
"""
HEAD = """<head><title>关于低保的通知_通知公告 - 浚县人民政府门户网站</title>
<meta name="SiteName" content="浚县民政局网站"><meta name="ArticleTitle" content="浚县民政局关于低保的通知">
<meta name="PubDate" content="2026-03-05 10:00"><meta name="ContentSource" content="本网"></head>"""
PAGE = f"""<!DOCTYPE html><html>{HEAD}<body>
<div class="header"><ul class="nav"><li><a href="/">首页</a></li><li><a href="/zw">政务公开</a></li></ul></div>
<div class="position">您当前所在的位置：<a href="/">首页</a> &gt; 通知公告</div>
<ul class="info"><li><span>文　　号：</span> 浚民〔2026〕5号</li><li>发布机构：</li><li>浚县民政局</li>
<li>实施日期：2026年4月1日</li><li>失效日期：2031年3月31日</li><li>文件状态：有效</li></ul>
<h1>浚县民政局关于低保的通知</h1><div class="share-box">分享到：微信 微博</div>
<div class="article-content">{BODY}</div>
<div class="related"><a href="/1">相关政策一</a></div>
<p>附件：<a href="/a.docx">低保申请表.docx</a><a href="/b.html">不是附件</a></p>
<div class="footer">主办单位：浚县人民政府 豫ICP备05010386号</div>
<script>var text = "不是正文，只是脚本。";</script></body></html>"""


def page(body: str, head: str = HEAD) -> Article:
    return read(f"<html>{head}<body>{body}</body></html>".encode())


def lines(body: str) -> list[str]:
    return page(f"<div>{body}{BODY}</div>").text.split("\n")[:-5]


def test_a_page_is_its_main_text_with_what_the_page_says_of_it() -> None:
    article = read(PAGE.encode())

    assert article.title == "浚县民政局关于低保的通知"
    assert article.shown == {
        "number": "浚民〔2026〕5号",
        "issuer": "浚县民政局",
        "published_on": "2026-03-05",
        "effective_on": "2026-04-01",
        "expires_on": "2031-03-31",
        "validity": "有效",
    }
    assert article.supposed == {"issuer": "浚县民政局"}
    assert article.text.split("\n") == [
        "浚县民政局关于低保的通知",
        "各乡镇人民政府：",
        "为了做好低保工作，现将有关事项通知如下，请认真抓好落实。",
        "一、标准。每人每月七百元，按月发放，不得截留、挪用。",
        "二、办理。请到户籍地乡镇政府申请，材料齐全的当日受理。",
        "附件：低保申请表.docx",
    ]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>低保的通知-浚县人民政府门户网站</title>", "低保的通知"),
        ("<title>低保的通知 | 浚县民政局</title>", "低保的通知"),
        ("<title>低保的通知</title>", "低保的通知"),
        ("<title>关于2024-2025年度低保的通知</title>", "关于2024-2025年度低保的通知"),
        ('<meta name="articletitle" content="（转载）低保的通知">', "低保的通知"),
        ("", ""),
    ],
)
def test_the_title_goes_without_the_name_of_the_site(head: str, title: str) -> None:
    assert page(BODY, f"<head>{head}</head>").title == title


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gb2312"])
def test_a_page_is_read_in_the_encoding_it_declares(encoding: str) -> None:
    head = f'<head><meta charset="{encoding}"></head>'

    assert "每人每月七百元" in read(f"<html>{head}<body>{BODY}</body></html>".encode(encoding)).text


def test_a_page_that_declares_nothing_or_nonsense_is_read_by_its_bytes() -> None:
    for declared in ("", '<meta charset="no-such">', '<meta charset="utf-8">'):
        data = f"<html><head>{declared}</head><body>{BODY}</body></html>"
        assert "每人每月七百元" in read(data.encode("gb18030")).text


def test_a_hidden_copy_of_the_text_is_left_out_and_a_text_that_only_a_script_shows_is_read() -> None:
    copy = f'<div style="display: none">{BODY}</div>'

    assert page(f"<div>{BODY}</div>{copy}").text.count("每人每月七百元") == 1
    assert page(copy).text.count("每人每月七百元") == 1


def test_what_is_called_like_a_surrounding_but_is_most_of_the_page_is_the_text() -> None:
    assert "每人每月七百元" in page(f'<div class="print share top">{BODY}</div>').text


def test_a_table_of_data_becomes_rows_and_one_that_arranges_the_page_does_not() -> None:
    data = """<table><tr><th colspan="3">低保标准表</th></tr><tr><td>区域</td><td>标准</td><td>备注</td></tr>
    <tr><td rowspan="2">城区</td><td>700|元</td><td></td></tr><tr><td>710元</td><td>试点</td></tr></table>"""

    assert lines(data) == [
        "低保标准表",
        "| 区域 | 标准 | 备注 |",
        "| 城区 | 700/元 |  |",
        "| 城区 | 710元 | 试点 |",
    ]
    assert "|" not in page(f"<table><tr><td>左栏</td><td>{BODY}</td></tr></table>").text


def test_spans_that_no_table_has_do_no_harm() -> None:
    cells = '<td rowspan="99999999999">甲</td><td colspan="-1">乙</td><td colspan="x">丙</td>'

    assert lines(f"<table><tr>{cells}</tr><tr><td>丁</td></tr></table>") == ["| 甲 | 乙 | 丙 |", "丁"]


def test_headings_are_marked() -> None:
    assert lines("<h2>一、标准</h2>") == ["## 一、标准"]


def test_a_page_of_links_is_remarked_on() -> None:
    links = "".join(f'<li><a href="/{each}">关于第{each}号事项的公告</a></li>' for each in range(9))

    assert "像是目录" in page(f"<ul>{links}</ul>").remark
    assert page(BODY).remark == ""


@pytest.mark.parametrize("data", [b"", b"<html></html>", b"<html><body><script>x</script></body></html>", b"<!-- -->"])
def test_a_page_without_text_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="网页"):
        read(data)


def test_a_page_nested_without_end_is_read_as_far_as_it_goes() -> None:
    deep = "<div>" * 50_000 + BODY

    assert "每人每月七百元" in read(f"<html><body>{BODY}{deep}".encode()).text


def test_entities_of_a_page_are_not_expanded() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "哈哈"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'

    assert len(read(f"{bomb}<html><body>{BODY}&b;&b;</body></html>".encode()).text) < 500


def test_what_surrounds_the_text_is_left_out_and_handed_over() -> None:
    box = "<table><tr><td>公开方式：</td><td>依申请公开</td><td>有效性：</td><td>有效</td></tr></table>"
    article = page(f'<div class="header">机密★10年</div>{box}<div class="content">{BODY}</div>')

    assert "机密" not in article.text
    assert "机密★10年" in article.dropped.split("\n")
    assert "依申请公开" in article.dropped
    assert article.shown["disclosure"] == "依申请公开"
