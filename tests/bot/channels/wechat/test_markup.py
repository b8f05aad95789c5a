import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.codec import writable
from bot.channels.wechat.markup import unmarked

MARKS = st.text(st.sampled_from("a低 #*`~_|>[]()!-:\n\\http:/.1"), max_size=80)


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("低保怎么申请？", "低保怎么申请？"),
        ("# 第一章 总则", "第一章 总则"),
        ("###### 第一条", "第一条"),
        ("#话题# 与 C#", "#话题# 与 C#"),
        ("**收到申请之日**起", "收到申请之日起"),
        ("__20__ 个~~工作日~~", "20 个工作日"),
        ("`代码` 与 **`加粗`**", "代码 与 加粗"),
        ("[实施办法](https://a.gov.cn/1)第三条", "实施办法 https://a.gov.cn/1第三条"),
        ("![公章](seal.png)县政府", "公章县政府"),
        ("![](seal.png)县政府", "县政府"),
        ("> 引用\n> > 再引", "引用\n再引"),
        ("* 身份证\n* 户口簿", "- 身份证\n- 户口簿"),
        ("- 身份证\n1. 户口簿", "- 身份证\n1. 户口簿"),
        ("| 事项 | 时限 |\n|---|:---:|\n| 低保 | 20 日 |", "事项 | 时限\n低保 | 20 日"),
        ("甲\n---\n乙\n* * *\n丙", "甲\n乙\n丙"),
        ("```python\nprint(1)\n```", "print(1)"),
        ("3*4*5 = 60，a_b_c", "3*4*5 = 60，a_b_c"),
        ("2**10 > 1000", "2**10 > 1000"),
        ("见 https://a.gov.cn/__x__/**y**", "见 https://a.gov.cn/__x__/**y**"),
        ("\x00甲\x0b\r\n乙\r丙 \n", "甲\n乙\n丙"),
        ("**甲\n乙**", "**甲\n乙**"),
        ("**甲 **乙**", "**甲 乙"),
        ("[见[附件](https://a.gov.cn/1)", "[见附件 https://a.gov.cn/1"),
        ("[低保]", "[低保]"),
        ("2026-01-01--2026-12-31", "2026-01-01--2026-12-31"),
        ("", ""),
    ],
)
def test_markdown_is_shown_as_plain_text(marked: str, plain: str) -> None:
    assert unmarked(marked) == plain


@pytest.mark.parametrize("sign", ["[", "[a", "![a", "[a](", "**a ", "__a ", "~~a ", "**a __b ~~c ", "`a"])
def test_a_long_text_is_gone_through_once(sign: str) -> None:
    """A pattern that begins anew at every sign takes minutes for it: the test's own time-out tells."""
    unmarked(sign * (100_000 // len(sign)))


@given(MARKS | st.text(max_size=80))
def test_nothing_grows_and_nothing_invisible_is_left(text: str) -> None:
    plain = unmarked(text)
    assert len(plain.encode()) <= len(text.encode(errors="replace").replace(b"?", b"???"))
    assert not any(ord(character) < 0x20 and character not in "\n\t" for character in plain)


@given(st.text(st.characters(codec="utf-8", exclude_characters="#*`~_|>[-\r"), max_size=80))
def test_text_without_marks_stays_as_it_is(text: str) -> None:
    assert unmarked(text) == writable(text).strip()
