import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.quote import LIMIT, quote
from knowledge.tokens import Tokenizer

# the first tokenizer of a process loads the dictionary
pytestmark = pytest.mark.timeout(60)
NUMBER = re.compile(r"[0-9][0-9.,]*")
amounts = st.integers(0, 10**9).map(lambda amount: f"{amount:,}元") | st.sampled_from(["2026年10月1日", "9:30", "2.6%"])
words = st.sampled_from(
    ["低保", "申请", "标准", "为每人每月", "，", "、", "。", "；", "\n", "：", "（一）", "按规定执行"]
)
texts = st.lists(words | amounts, min_size=4, max_size=30).map("".join).map(lambda part: part * (900 // len(part)))


def test_a_short_passage_is_quoted_whole(tokenizer: Tokenizer) -> None:
    assert quote("  低保标准为每月720元。\n", tokenizer.query("租金多少")) == "低保标准为每月720元。"


def test_the_sentences_that_answer_are_quoted(tokenizer: Tokenizer) -> None:
    text = "申请人应当如实申报。" * 60 + "公租房租金为每平方米2.6元。" + "本办法由县政府负责解释。" * 60

    found = quote(text, tokenizer.query("公租房租金多少"))
    assert "公租房租金为每平方米2.6元。" in found
    assert found in text
    assert found.endswith("。")


def test_rows_of_a_table_come_with_its_header(tokenizer: Tokenizer) -> None:
    header = "| 对象 | 每月标准 |\n| --- | --- |\n"
    rows = [f"| 第{number}类家庭 | {number}00元，按季度发放到个人账户 |\n" for number in range(40)]
    text = header + "".join(rows[:30]) + "| 重度残疾人 | 130元 |\n" + "".join(rows[30:])

    found = quote(text, tokenizer.query("重度残疾人每月多少"))
    assert found.startswith(header)
    assert "| 重度残疾人 | 130元 |" in found
    assert set(found.splitlines()) <= set(text.splitlines())
    assert len(found) <= LIMIT


def test_a_header_that_is_quoted_already_is_not_repeated(tokenizer: Tokenizer) -> None:
    text = "租金实行分档缴纳：\n| 对象 | 比例 |\n|---|---|\n| 低保家庭 | 20% |\n" + "| 其他家庭 | 100% |\n" * 60

    assert quote(text, tokenizer.query("低保家庭租金分档缴纳比例")).count("| 对象 | 比例 |") == 1


def test_a_sentence_without_end_is_cut_at_a_comma_and_not_in_a_number(tokenizer: Tokenizer) -> None:
    text = "补助标准为，" + "每人每月1,200.50元，" * 60

    found = quote(text, tokenizer.query("补助标准"))
    assert found in text
    assert found.endswith("元，")


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts)
def test_a_quote_is_verbatim_short_and_cuts_no_number(text: str, tokenizer: Tokenizer) -> None:
    found = quote(text, tokenizer.query("低保标准是多少"))

    assert len(found) <= LIMIT
    assert found in text
    cut = {text.index(found), text.index(found) + len(found)}
    for number in NUMBER.finditer(text):
        assert not any(number.start() < place < number.end() for place in cut)
