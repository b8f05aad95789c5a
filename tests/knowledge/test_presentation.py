import json
from datetime import date

import pytest

from knowledge.presentation import finding_json, finding_text, searched, status
from knowledge.types import Band, Route, Validity
from tests.fakes import a_document, a_finding, a_hit

RULES = a_document(
    "低保办法",
    id="d1",
    number="浚民〔2026〕5号",
    issuer="县民政局",
    published_on=date(2026, 2, 10),
    url="https://example.invalid/1",
)
OLD = a_document("旧低保办法", published_on=None, issuer="", validity=Validity.REPEALED, successor="浚民〔2026〕5号")
FOUND = a_hit(RULES, "第四条 可以申请。", heading="第二章 申请 / 第四条", score=9.123456)


@pytest.mark.parametrize(
    ("band", "route", "word"),
    [
        (Band.ANSWER, Route.SEARCH, "answered_search"),
        (Band.ANSWER, Route.EXACT, "answered_exact"),
        (Band.ANSWER, Route.ANSWERED, "answered_faq"),
        (Band.CONFIRM, Route.SEARCH, "confirm_candidates"),
        (Band.CONFIRM, Route.EXACT, "confirm_candidates"),
        (Band.ESCALATE, Route.SEARCH, "escalated_no_match"),
    ],
)
def test_the_status_tells_what_came_of_a_question_and_how(band: Band, route: Route, word: str) -> None:
    assert status(a_finding("低保", band, FOUND, route=route)) == word


def test_an_answer_is_quoted_with_its_source() -> None:
    assert finding_text(a_finding("低保", Band.ANSWER, FOUND, a_hit(OLD))) == (
        "第四条 可以申请。\n\n"
        "——《低保办法》（浚民〔2026〕5号，县民政局，2026-02-10，现行有效） 第二章 申请 / 第四条\n"
        "https://example.invalid/1"
    )


def test_what_is_not_in_force_is_never_shown_without_saying_so() -> None:
    assert finding_text(a_finding("旧低保办法", Band.ANSWER, a_hit(OLD, "原文。"), route=Route.EXACT)) == (
        "【注意】该文件已废止，不作为现行依据。现行文件：浚民〔2026〕5号\n\n原文。\n\n——《旧低保办法》（已废止）"
    )
    draft = a_document("草案", validity=Validity.DRAFT)
    assert "【注意】该文件征求意见，不作为现行依据。\n" in finding_text(a_finding("草案", Band.ANSWER, a_hit(draft)))


@pytest.mark.parametrize("validity", [Validity.IN_FORCE, Validity.AMENDED, Validity.PARTLY_INVALID])
def test_what_is_in_force_carries_no_warning(validity: Validity) -> None:
    document = a_document("低保办法", validity=validity)

    assert "注意" not in finding_text(a_finding("低保", Band.ANSWER, a_hit(document)))


def test_candidates_are_numbered() -> None:
    assert finding_text(a_finding("低保", Band.CONFIRM, FOUND, a_hit(OLD))) == (
        "您要找的是不是：\n"
        "1. 《低保办法》（浚民〔2026〕5号，县民政局，2026-02-10，现行有效）\n"
        "2. 《旧低保办法》（已废止）"
    )


def test_nothing_found_and_nothing_there_are_told_apart() -> None:
    assert finding_text(a_finding("排骨", Band.ESCALATE)) == "没有找到能回答这个问题的公开文件。"
    assert finding_text(a_finding("排骨", Band.ESCALATE, generation="")) == "知识库还是空的，请先导入文件。"


def test_the_json_has_the_names_of_the_contract() -> None:
    shown = finding_json(a_finding("低保", Band.ANSWER, FOUND, a_hit(OLD), probability=0.87654321, route=Route.EXACT))

    assert shown == {
        "status": "answered_exact",
        "band": "answer",
        "route": "exact",
        "probability": 0.8765,
        "text": finding_text(a_finding("低保", Band.ANSWER, FOUND)),
        "sources": [
            {
                "document": "d1",
                "title": "低保办法",
                "number": "浚民〔2026〕5号",
                "issuer": "县民政局",
                "published_on": "2026-02-10",
                "status": "现行有效",
                "url": "https://example.invalid/1",
                "heading": "第二章 申请 / 第四条",
                "quote": "第四条 可以申请。",
                "score": 9.1235,
            },
            {
                "document": "旧低保办法",
                "title": "旧低保办法",
                "number": "",
                "issuer": "",
                "published_on": None,
                "status": "已废止",
                "url": "",
                "heading": "",
                "quote": "原文第一句。原文第二句。",
                "score": 9.0,
            },
        ],
        "near_misses": [],
        "generation": "g1",
    }
    assert json.loads(json.dumps(shown)) == shown


def test_the_json_of_no_answer_names_what_came_close() -> None:
    shown = finding_json(a_finding("低保", Band.ESCALATE, FOUND))

    assert (shown["sources"], [near["document"] for near in shown["near_misses"]]) == ([], ["d1"])


def test_a_search_record_tells_what_was_found_from_what_was_only_nearest() -> None:
    named = "《低保办法》（浚民〔2026〕5号，县民政局，2026-02-10，现行有效）"

    assert searched(a_finding("低保", Band.CONFIRM, FOUND)) == named
    assert searched(a_finding("低保", Band.ESCALATE, FOUND)) == f"没有找到，最接近的是{named}"
    assert searched(a_finding("低保", Band.ESCALATE)) == "没有找到"
