"""A knowledge base in use: documents, texts under review, words, test questions and generations."""

from dataclasses import dataclass, replace
from datetime import timedelta

from knowledge.explanation import Contribution, Explanation, FiredSynonym, Removed, Result
from knowledge.revisions import Check, Revision
from knowledge.synonyms import Direction, Synonym
from knowledge.types import Band, Validity
from knowledge.upkeep import (
    GenerationFacts,
    Standing,
    Switch,
    SwitchKind,
    TrialChange,
    TrialReport,
    TrialResult,
    WordUse,
)
from tests.console.conftest import Office
from tests.fakes import MONDAY, a_document, a_finding, a_hit

QUESTION = "吃低保要什么条件"
DIBAO = a_document(
    "低保办法",
    id="n-云政-2025-3",
    number="云政〔2025〕3号",
    digest="2",
    text="第一条 制定本办法。\n第二条 每月 750 元。",
    url="https://www.example.gov.cn/1",
    topic="社会救助",
)
OLD = a_document(
    "低保细则", id="old", number="云政办〔2019〕21号", validity=Validity.REPEALED, successor=DIBAO.id, digest="o"
)
PERSONAL = "联系人李某，手机 13812345678。"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The texts under review, one for each state."""

    draft: Revision
    reviewed: Revision
    cleared: Revision
    returned: Revision


async def fill(office: Office) -> Shelf:
    """Fill every page of the knowledge base with something."""
    await _documents(office)
    await _words(office)
    _generations(office)
    _explanation(office)
    return await _drafts(office)


async def _documents(office: Office) -> None:
    for document in (replace(DIBAO, text="第一条 制定本办法。\n第二条 每月 700 元。", digest="1"), DIBAO, OLD):
        await office.documents.put(document, by="wang")
    for number in range(21):
        await office.documents.put(a_document(f"第{number}项政策"), by="wang")
    await office.documents.remove("第0项政策", by="zhao", reason="附件有误")
    await office.knowledge.links.add("低保多少钱", [DIBAO.id], by="wang", source="浚县-2026-000001")
    await office.knowledge.review.revisions.propose(DIBAO.id, (OLD.number, "不在库中的规定"), at=MONDAY)


async def _words(office: Office) -> None:
    vocabulary, trials = office.knowledge.vocabulary, office.knowledge.trials
    await vocabulary.put_synonym(Synonym("吃低保", ("最低生活保障",), Direction.ONE_WAY, "口语", QUESTION), by="wang")
    await vocabulary.put_word("云岭通", WordUse.DICTIONARY, note="平台", by="wang")
    await trials.put("低保怎么申请", DIBAO.id, by="wang", note="常问")
    await trials.put("怎么炖排骨", "", by="wang")
    await trials.put("公租房怎么申请", "gone", by="wang")


async def _drafts(office: Office) -> Shelf:
    review = office.knowledge.review
    draft = await review.submit(replace(DIBAO, text=f"{DIBAO.text}\n{PERSONAL}"), by="wang", repeals=(OLD.number,))
    waiting = [await review.submit(a_document(title, number="云民〔2026〕8号"), by="wang") for title in "甲乙丙"]
    reviewed, second = [
        await review.review(each.id, tuple(Check), by="zhao", version=each.version) for each in waiting[:2]
    ]
    cleared = await review.clear(second.id, tuple(Check), by="qian", version=second.version)
    returned = await review.send_back(waiting[2].id, "缺少附件", by="zhao", version=waiting[2].version)
    return Shelf(draft, reviewed, cleared, returned)


def a_report() -> TrialReport:
    """One test question that still passes, one that does not any more, and one that never had an answer."""
    right = TrialResult("低保怎么申请", DIBAO.id, passed=True, band=Band.ANSWER, found=DIBAO.id)
    wrong = TrialResult("公租房怎么申请", "gone", passed=False, band=Band.CONFIRM, found=OLD.id)
    none = TrialResult("怎么炖排骨", "", passed=True, band=Band.ESCALATE, found="")
    changes = ((right, right), (replace(wrong, passed=True), wrong), (replace(none, passed=False), none))
    return TrialReport(tuple(TrialChange(before, after) for before, after in changes))


def _generations(office: Office) -> None:
    office.generations.report = a_report()
    office.generations.listed = [
        GenerationFacts("g-2", Standing.LIVE, MONDAY, 61, 812, 14, "zhou", a_report()),
        GenerationFacts("g-1", Standing.PREVIOUS, MONDAY - timedelta(days=2), 60, 805),
    ]
    office.generations.record = [
        Switch(MONDAY, "zhou", SwitchKind.RELOAD, "g-1", "g-2", 61, 812, 3, 2, ("公租房怎么申请",)),
        Switch(MONDAY, "system", SwitchKind.REFUSED, "g-1", "g-x", 12, 100, reason="文件从 60 件减到 12 件"),
    ]


def _explanation(office: Office) -> None:
    first = a_hit(DIBAO, "第二条 每月 750 元。", heading="第二条", score=21.3)
    second = a_hit(a_document("第1项政策"), score=8.1)
    finding = a_finding(QUESTION, Band.ANSWER, first, probability=0.91, topic="社会救助", near_misses=(second,))
    office.explainer.explanations[QUESTION] = Explanation(
        finding,
        "没有点名文件",
        "把握高于直接回答的界线",
        words=("吃低保", "条件"),
        dictionary_words=("吃低保",),
        ignored=("什么",),
        synonyms=(FiredSynonym("吃低保", "最低生活保障"),),
        results=(
            Result(
                first,
                shown=True,
                contributions=(
                    Contribution("段落", "词", "条件", 3.2),
                    Contribution("段落", "词", "最低生活保障", 5.1, "吃低保"),
                    *(Contribution("全文", "字", sign, 0.1) for sign in "一二三四五六七八九十百千万"),
                ),
                links=("低保多少钱",),
            ),
            Result(second, shown=False),
        ),
        removed=(Removed(OLD, 7.2, "已废止，不用来回答"),),
        answer_from=0.62,
        confirm_from=0.3,
    )
