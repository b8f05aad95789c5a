from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.passages import LIMIT, REPEATED, TARGET, cut, sentences

numerals = st.sampled_from(["一", "二", "三", "十", "二十一"])
lines = st.one_of(
    st.sampled_from(
        ["# 标题", "## 一、总体要求", "第一章 总则", "第二节", "**第一条** 为了。", "第二条规定的情形，", "", "　"]
    ),
    st.builds("第{}条 {}".format, numerals, st.text("政策规定。；，", max_size=900)),
    st.builds("{}、{}".format, numerals, st.text("要求 。", max_size=60)),
    st.builds("（{}）{}".format, numerals, st.text("要求。", max_size=400)),
    st.builds("{}.{}".format, st.integers(0, 99), st.text("要求。", max_size=60)),
    st.builds("| {} | {} |".format, st.text("项目|", max_size=200), st.text("元。", max_size=900)),
    st.just("|---|---|"),
    st.text("没有标点的一行", max_size=1200),
    st.text(max_size=40),
)
texts = st.one_of(
    st.lists(lines, max_size=30).map("\n".join), st.lists(lines, max_size=20).map("　".join), st.text(max_size=300)
)


def squeezed(text: str) -> str:
    return "".join(text.split())


def headings(text: str) -> list[str]:
    return [" / ".join(piece.heading) for piece in cut(text)]


@given(texts)
def test_the_passages_hold_the_document_without_loss_and_in_order(text: str) -> None:
    pieces = cut(text)

    assert squeezed("".join(text[piece.start : piece.end] for piece in pieces)) == squeezed(text)
    assert all(left.end <= right.start for left, right in pairwise(pieces))


@given(texts)
def test_a_passage_is_verbatim_but_for_a_repeated_table_header(text: str) -> None:
    for piece in cut(text):
        own = text[piece.start : piece.end].strip()
        header = piece.text.removesuffix(own).removesuffix("\n")
        assert own
        assert piece.text.endswith(own)
        assert header in text
        assert not header or header.startswith("|")


@given(texts)
def test_no_passage_is_far_over_its_limit(text: str) -> None:
    for piece in cut(text):
        assert len(piece.text) <= LIMIT + REPEATED + 1
        assert all(len(label) <= 40 for label in piece.heading)


@given(st.text("一二。！？；;!?\n”）) a", max_size=80))
def test_sentences_cover_the_text(text: str) -> None:
    spans = list(sentences(text))

    assert "".join(text[start:end] for start, end in spans) == text


def test_articles_stand_under_their_chapters() -> None:
    text = """第一编 总则
第一章 一般规定
第一节 范围
第一条 甲。
第二条　乙。

第二款。
（一）丙；
第二节 原则
第三条 丁。
第二章 申请
第三条之一 戊。
第二编 分则
第四条 己。"""

    assert headings(text) == [
        "第一编 总则 / 第一章 一般规定 / 第一节 范围 / 第一条",
        "第一编 总则 / 第一章 一般规定 / 第一节 范围 / 第二条",
        "第一编 总则 / 第一章 一般规定 / 第二节 原则 / 第三条",
        "第一编 总则 / 第二章 申请 / 第三条之一",
        "第二编 分则 / 第四条",
    ]


def test_an_article_keeps_its_paragraphs_and_items() -> None:
    first, second = cut("第一条 甲。\n\n第二款。\n（一）丙；\n（二）丁。\n第二条 戊。")

    assert first.text == "第一条 甲。\n\n第二款。\n（一）丙；\n（二）丁。"
    assert second.text == "第二条 戊。"


def test_a_chapter_heading_goes_with_the_article_after_it() -> None:
    pieces = cut("第一条 甲。\n第二章 申请\n第一节 条件\n第二条 乙。")

    assert [piece.text for piece in pieces] == ["第一条 甲。", "第二章 申请\n第一节 条件\n第二条 乙。"]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("**第一条** 甲。\n\n**第二条** 乙。", ["第一条", "第二条"]),
        ("第一条为了规范。\n第二条本办法适用。", ["第一条", "第二条"]),
        ("## 第三条 甲\n乙。\n## 第四条 丙\n丁。", ["第三条 甲", "第四条 丙"]),
        ("第一条 甲。\n第三条规定的情形，依照第二条、\n第四条的规定办理。", ["第一条"]),
        ("第一章总则\n第一条 甲。\n第二章附则\n第二条 乙。", ["第一章总则 / 第一条", "第二章附则 / 第二条"]),
    ],
    ids=["emphasis", "no blank", "as headings", "references", "chapters without blank"],
)
def test_articles_are_recognised(text: str, paths: list[str]) -> None:
    assert headings(text) == paths


def test_items_of_a_notice_stand_under_each_other() -> None:
    filler = "要认真落实各项措施。" * 33
    items = ["一、总体要求", "（一）目标。", "1.做好甲。", "（二）任务。", "二、保障\n"]
    text = "\n".join([items[0], *(item + filler for item in items[1:])])

    assert headings(text) == [
        "一、总体要求 / （一）目标",
        "一、总体要求 / （一）目标 / 1.做好甲",
        "一、总体要求 / （二）任务",
        "二、保障",
    ]


def test_items_in_one_line_are_cut_apart() -> None:
    filler = "要认真落实各项措施。" * 25
    text = f"现通知如下： 一、总体要求。{filler}二、保障措施。{filler}三、附则。{filler}"

    assert headings(text)[-2:] == ["二、保障措施", "三、附则"]


def test_markdown_headings_are_the_path() -> None:
    filler = "要认真落实各项措施。" * 25
    text = f"# 指南\n\n## 一、条件\n{filler}\n### 材料\n{filler}\n## 二、流程 **图**\n{filler}"

    assert headings(text) == ["指南 / 一、条件", "指南 / 一、条件 / 材料", "指南 / 二、流程 图"]


def test_an_overlong_heading_is_no_label() -> None:
    (piece,) = cut(f"### 第五条 {'很长' * 30}")
    assert piece.heading == ("第五条",)

    (piece,) = cut(f"# {'很长' * 30}")
    assert len(piece.heading[0]) == 40


def test_a_heading_is_never_left_behind_by_its_text() -> None:
    filler = "要认真落实各项措施。" * 30
    pieces = cut(f"# 指南\n{filler}\n## 一、条件\n### 材料\n{filler}\n## 二、流程\n{filler}")

    assert [piece.text.partition("\n")[0] for piece in pieces] == ["# 指南", "## 一、条件", "## 二、流程"]


def test_a_list_of_headings_is_not_cut_into_its_lines() -> None:
    pieces = cut("\n".join(f"## 第{number}项工作" for number in range(300)))

    assert len(pieces) < 15


def test_a_table_of_contents_is_one_passage() -> None:
    contents = "\n".join(f"第{numeral}章 关于各项工作的具体规定和要求" for numeral in "一二三四五六七八九")

    pieces = cut(f"{contents}\n{contents}\n{contents}\n第一章 总则\n第一条 为了规范。")

    assert len(pieces) < 6
    assert pieces[-1].heading == ("第一章 总则", "第一条")


def test_later_rows_of_a_table_repeat_its_header() -> None:
    rows = [f"| 项目{number} | {number}00元每月，按规定执行 |" for number in range(40)]
    pieces = cut("\n".join(["一、标准", "| 项目 | 标准 |", "|---|---|", *rows]))

    assert pieces[0].text.startswith("一、标准\n| 项目 | 标准 |\n|---|---|\n| 项目0 |")
    assert all(piece.text.startswith("| 项目 | 标准 |\n| 项目") for piece in pieces[1:])
    assert all(len(piece.text) <= TARGET for piece in pieces)
    assert {piece.heading for piece in pieces} == {("一、标准",)}


def test_what_introduces_a_table_stands_with_it() -> None:
    text = "第十三条 租金实行分档缴纳：\n\n| 对象 | 比例 |\n|---|---|\n| 低保家庭 | 20% |\n\n第十四条 按季度缴纳。"
    table, after = cut(text)

    assert table.text == text.partition("\n\n第十四条")[0]
    assert table.heading == ("第十三条",)
    assert after.text == "第十四条 按季度缴纳。"


def test_what_introduces_a_list_is_not_cut_off_from_it() -> None:
    text = f"一、条件\n{'申请人应当如实申报。' * 30}\n有下列情形之一的：\n（一）{'甲' * 60}；\n（二）{'乙' * 300}。"

    assert not any(piece.text.endswith("：") for piece in cut(text))


def test_a_header_is_never_alone() -> None:
    first, *later = cut(f"| 项目 | 标准 |\n|---|---|\n| 甲 | {'元' * 360} |\n| 乙 | 二 |")

    assert first.text.startswith("| 项目 | 标准 |\n|---|---|\n| 甲 |")
    assert [piece.text for piece in later] == ["| 项目 | 标准 |\n| 乙 | 二 |"]


def test_a_row_or_a_header_over_the_limit_is_cut() -> None:
    pieces = cut(f"| {'很长' * 800} |\n|---|\n| {'甲' * 1800} |\n| 乙 |")

    assert max(len(piece.text) for piece in pieces) <= LIMIT
    assert pieces[-1].text.endswith("| 乙 |")


def test_a_long_article_is_cut_at_sentences_and_keeps_its_heading() -> None:
    pieces = cut(f"第一条 {'公开政府信息，应当坚持公正、公平。' * 60}\n第二条 乙。")

    assert [piece.heading for piece in pieces] == [("第一条",)] * (len(pieces) - 1) + [("第二条",)]
    assert all(piece.text.endswith("。") and len(piece.text) <= TARGET for piece in pieces)


@pytest.mark.parametrize("text", ["", " \n\t\n　"], ids=["empty", "blank"])
def test_a_text_without_words_has_no_passages(text: str) -> None:
    assert cut(text) == ()


@pytest.mark.parametrize("line", ["这是一行普通的文字。", "一、标题", "第九条 内容。", "| 甲 | 乙 |"])
def test_the_work_grows_with_the_length_of_the_document(line: str) -> None:
    def seconds(count: int) -> float:
        started = process_time()
        cut(f"{line}\n" * count)
        return process_time() - started

    seconds(100)
    assert seconds(10_000) < 1.5


@pytest.mark.parametrize("text", ["很长没有标点" * 10_000, "。一、" * 10_000, "*" * 50_000, " " * 50_000 + "末"])
def test_one_huge_line_is_cut(text: str) -> None:
    assert max(len(piece.text) for piece in cut(text)) <= LIMIT


@pytest.mark.data
def test_real_documents_are_held_without_loss(shared_data: Path) -> None:
    for file in [*(shared_data / "law").iterdir(), *(shared_data / "importer" / "md").iterdir()]:
        text = file.read_text(encoding="utf-8")
        pieces = cut(text)
        assert squeezed("".join(text[piece.start : piece.end] for piece in pieces)) == squeezed(text)
        assert max(len(piece.text) for piece in pieces) <= LIMIT


@pytest.mark.data
def test_the_articles_of_the_regulation_are_passages(shared_data: Path) -> None:
    (file,) = (shared_data / "law").glob("*.md")
    pieces = cut(file.read_text(encoding="utf-8"))
    (deadline,) = [piece for piece in pieces if "20个工作日内予以答复" in piece.text]

    assert deadline.heading[-2:] == ("第四章 依申请公开", "第三十三条")
    assert len({piece.heading[-1] for piece in pieces if piece.heading[-1].startswith("第")}) == 56
