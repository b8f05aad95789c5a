from handlers.quotation import first_sentence, quoted
from tests.fakes import a_document, a_hit

TABLE = "第三条 标准如下：\n| 年龄 | 元/月 |\n| :--- | ---: |\n| 80周岁至89周岁 | 60 |"


def test_a_quote_does_not_repeat_the_headings_above_it() -> None:
    hit = a_hit(a_document("低保办法"), "## 第二章 申请条件\n\n第四条 可以申请。", heading="第二章 申请条件 / 第四条")
    assert quoted(hit) == "第四条 可以申请。"
    assert quoted(a_hit(a_document("低保办法"), "第四条", heading="第四条")) == "第四条"


def test_the_rows_of_a_table_are_plain_lines() -> None:
    rows = "年龄 | 元/月\n80周岁至89周岁 | 60"

    assert quoted(a_hit(a_document("高龄津贴"), TABLE, heading="第三条")) == f"第三条 标准如下：\n{rows}"
    assert first_sentence(TABLE.partition("\n")[2]) == "年龄 | 元/月"


def test_a_number_below_zero_or_a_dash_in_a_row_is_no_rule() -> None:
    assert quoted(a_hit(a_document("气温"), "| 一月 | -5 |\n| 二月 | - |")) == "一月 | -5\n二月 | -"
