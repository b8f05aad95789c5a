from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.plain import plain, size
from bot.types import Reply
from handlers import texts
from tests.handlers.bench import OFFICE


def test_every_emergency_phrase_is_a_sentence() -> None:
    phrases = texts.phrases()
    for phrase in (phrases.unavailable, phrases.too_many, phrases.still_searching, phrases.more_waiting):
        assert phrase.rstrip("）").endswith("。")


def test_the_longest_fixed_texts_fit_one_message() -> None:
    office = replace(OFFICE, name="单位名称" * 6, hotline="0392-5550000、0392-5550001")
    for text in (texts.greeting(office), texts.how_to_request(office), texts.petition(hotline=office.hotline)):
        assert size(plain(Reply(text, "", options=(texts.INQUIRE, texts.REQUEST)))) <= 2048


def test_a_petition_names_the_offices_telephone_only_where_there_is_one() -> None:
    assert "本单位电话：0392-5550000。" in texts.petition(hotline="0392-5550000")
    assert "电话：" not in texts.petition(hotline="")


def test_not_found_without_department_and_telephone_is_still_whole() -> None:
    assert texts.not_found(texts.NOT_FOUND, department="", hotline="") == (
        "抱歉，在已公开的政策文件中没有查到可以直接答复的内容。\n您可以："
    )


def test_the_offices_own_guide_is_told_before_the_general_way() -> None:
    for guide in ("申请地址：政府院内 101 室", "申请地址：政府院内 101 室。"):
        own = texts.how_to_request(replace(OFFICE, request_guide=guide))
        assert "申请地址：政府院内 101 室。收到申请后二十个工作日内答复。" in own
        assert "当面或邮寄" not in own
    assert "《浚县人民政府办公室政府信息公开指南》" in texts.how_to_request(OFFICE)


@pytest.mark.parametrize(
    ("missing", "line"),
    [
        ({}, "出处：《办法》（云政〔2025〕1号）\n县民政局，2025-06-01，现行有效\nhttps://example.gov.cn/1"),
        ({"number": ""}, "出处：《办法》\n县民政局，2025-06-01，现行有效\nhttps://example.gov.cn/1"),
        ({"issuer": "", "published_on": None}, "出处：《办法》（云政〔2025〕1号）\n现行有效\nhttps://example.gov.cn/1"),
        ({"issuer": "", "published_on": None, "validity": "", "url": ""}, "出处：《办法》（云政〔2025〕1号）"),
    ],
)
def test_a_source_line_leaves_out_what_is_unknown(missing: dict[str, Any], line: str) -> None:
    known: dict[str, Any] = {
        "title": "办法",
        "number": "云政〔2025〕1号",
        "issuer": "县民政局",
        "published_on": date(2025, 6, 1),
        "validity": "现行有效",
        "url": "https://example.gov.cn/1",
    }

    assert texts.source_line(**(known | missing)) == line
