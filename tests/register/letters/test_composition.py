from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from register.errors import UnfinishedLetter
from register.facts import Fact
from register.filing import Channel, Receipt
from register.letters.composition import compose
from register.letters.kinds import KINDS, Kind, LetterKind, letter_number
from register.letters.lint import remedy_faults
from register.letters.printing import plain_text
from register.letters.wording import Wording
from register.outcomes import GROUNDS, RULINGS, Outcome, Remedy
from register.request import DisclosureRequest, Proposal, Search
from tests.register.letters.samples import AGENCY, REDRESS, TEXTS, WORDING, letter, request, sheet
from tests.register.office import FILING

GOLDEN = Path(__file__).parent / "golden"
FIRST = "六十日内先向云岭县人民政府申请行政复议"
COURT = "六个月内向云岭县人民法院提起行政诉讼"


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_reads_as_agreed(kind: Kind) -> None:
    assert plain_text(letter(kind)) + "\n" == (GOLDEN / f"{kind}.txt").read_text(encoding="utf-8")


def test_no_agreed_text_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(KINDS)


def test_a_number_names_office_year_and_sequence() -> None:
    assert letter_number("云建公开", 2026, 12) == "云建公开〔2026〕12号"


@pytest.mark.parametrize("kind", Outcome)
def test_every_reply_names_the_remedy_of_its_outcome(kind: Outcome) -> None:
    text = plain_text(letter(kind))
    first = kind in GROUNDS or kind is Outcome.PARTIAL

    assert (FIRST in text) is first
    assert (COURT in text) is not first
    assert REDRESS.online in text
    assert REDRESS.complaints in text


@pytest.mark.parametrize("kind", Outcome)
def test_every_reply_cites_the_articles_it_rests_on(kind: Outcome) -> None:
    text = plain_text(letter(kind))
    # not held has two articles, of which the facts choose one
    for name in set(RULINGS[kind].basis) - {"a36_5"}:
        assert WORDING.law(date(2026, 3, 2))[name].partition("》")[2] in text


@pytest.mark.parametrize("kind", sorted(set(LetterKind) - {LetterKind.DISCLOSURE_NOTICE}))
def test_no_procedural_letter_speaks_of_courts(kind: Kind) -> None:
    text = plain_text(letter(kind))

    assert "行政复议" not in text
    assert "诉讼" not in text


def test_a_third_party_overruled_learns_its_remedy() -> None:
    assert COURT in plain_text(letter(LetterKind.DISCLOSURE_NOTICE))


def test_a_letter_on_paper_need_not_name_the_internet() -> None:
    posted = compose(
        request(Outcome.OPEN_PUBLISHED), replace(sheet(Outcome.OPEN_PUBLISHED), online=False), WORDING, AGENCY
    )

    assert REDRESS.online not in plain_text(posted)


@pytest.mark.parametrize("kind", Outcome)
def test_a_reply_without_a_number_is_refused(kind: Outcome) -> None:
    with pytest.raises(UnfinishedLetter, match="没有文号"):
        compose(request(kind), replace(sheet(kind), number=" "), WORDING, AGENCY)


def test_a_letter_without_an_addressee_is_refused() -> None:
    kind = LetterKind.CONSULT_THIRD
    with pytest.raises(UnfinishedLetter, match="收件人"):
        compose(request(kind), replace(sheet(kind), addressee=""), WORDING, AGENCY)


@pytest.mark.parametrize("kind", Outcome)
def test_a_reply_whose_facts_are_missing_is_refused(kind: Outcome) -> None:
    bare = DisclosureRequest(filing=FILING, proposal=Proposal(kind))

    with pytest.raises(UnfinishedLetter, match="还缺内容"):
        compose(bare, sheet(kind), WORDING, AGENCY)


@pytest.mark.parametrize(
    ("kind", "fact", "told"),
    [
        (LetterKind.CORRECTION, Fact.DUE_ON, "没有填写期限"),
        (LetterKind.CORRECTION, Fact.ITEMS, "没有填写需要补正的事项"),
        (LetterKind.FEE, Fact.AMOUNT, "没有填写金额"),
    ],
)
def test_what_is_missing_is_named_as_staff_call_it(kind: Kind, fact: Fact, told: str) -> None:
    facts = {each: text for each, text in sheet(kind).facts.items() if each is not fact}

    with pytest.raises(UnfinishedLetter, match=told):
        compose(request(kind), replace(sheet(kind), facts=facts), WORDING, AGENCY)


@pytest.mark.parametrize("empty", ["", " ", "\n"])
def test_an_empty_variable_is_refused(empty: str) -> None:
    kind = LetterKind.DELAY
    facts = {**sheet(kind).facts, Fact.REASON: empty}

    with pytest.raises(UnfinishedLetter, match="是空的"):
        compose(request(kind), replace(sheet(kind), facts=facts), WORDING, AGENCY)


def test_a_date_that_is_none_is_refused() -> None:
    kind = LetterKind.CORRECTION
    facts = {**sheet(kind).facts, Fact.DUE_ON: "明天"}

    with pytest.raises(UnfinishedLetter):
        compose(request(kind), replace(sheet(kind), facts=facts), WORDING, AGENCY)


def test_the_letter_is_that_of_the_outcome() -> None:
    with pytest.raises(UnfinishedLetter, match="不一致"):
        compose(request(Outcome.DENY_LAW), sheet(Outcome.OPEN_PUBLISHED), WORDING, AGENCY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("六十日内先向", "六十日内向"),
        ("十五日内", "三十日内"),
        ("应当自收到本答复之日起六十日内", "应当自收到本答复之日起三十日内"),
    ],
)
def test_a_refusal_without_the_right_remedy_is_refused(old: str, new: str) -> None:
    changed = Wording.parse(text.replace(old, new) for text in TEXTS)

    with pytest.raises(UnfinishedLetter, match="行政复议"):
        compose(request(Outcome.DENY_LAW), sheet(Outcome.DENY_LAW), changed, AGENCY)


@pytest.mark.parametrize(
    ("old", "new"), [("或者自收到本答复之日起六个月内", "或者六月内"), ("可以自收到", "可以先向云岭县人民政府自收到")]
)
def test_a_reply_without_the_way_to_court_is_refused(old: str, new: str) -> None:
    changed = Wording.parse(text.replace(old, new) for text in TEXTS)

    with pytest.raises(UnfinishedLetter, match="六个月内"):
        compose(request(Outcome.UNABLE_CREATE), sheet(Outcome.UNABLE_CREATE), changed, AGENCY)


def test_a_reply_delivered_online_without_the_way_on_the_internet_is_refused() -> None:
    changed = Wording.parse(text.replace("网上申请行政复议：{{ agency.redress.online }}", "另行告知") for text in TEXTS)

    with pytest.raises(UnfinishedLetter, match="网上送达"):
        compose(request(Outcome.UNABLE_CREATE), sheet(Outcome.UNABLE_CREATE), changed, AGENCY)


def test_a_procedural_letter_with_a_remedy_is_refused() -> None:
    found = remedy_faults(Remedy.NONE, REDRESS, "可以申请行政复议", online=True)

    assert found == ("程序性文书不写复议、诉讼途径。",)


def test_not_held_says_which_agency_is_the_right_one_where_it_is_known() -> None:
    kind = Outcome.UNABLE_NOT_HELD
    known = replace(sheet(kind), facts={Fact.RIGHT_AGENCY: "云岭县自然资源局，电话0000-5550120"})
    text = plain_text(compose(request(kind), known, WORDING, AGENCY))

    assert "请向负责公开的行政机关申请：云岭县自然资源局" in text
    assert "第三十六条第（五）项" in text
    assert "不存在" not in text


def test_the_search_of_the_bot_is_not_told_as_the_search_of_the_office() -> None:
    assert "公众号知识库" not in plain_text(letter(Outcome.UNABLE_NOT_HELD))


def test_a_receipt_says_the_rule_of_the_channel_and_the_last_day() -> None:
    kind = LetterKind.RECEIPT
    mail = replace(request(kind), receipt=Receipt(Channel.PLAIN_MAIL, date(2026, 3, 2)))

    assert "以平常信函提交的" in plain_text(compose(mail, sheet(kind), WORDING, AGENCY))
    with pytest.raises(UnfinishedLetter, match="due"):
        compose(mail, replace(sheet(kind), due_on=None), WORDING, AGENCY)


def test_a_receipt_says_that_a_day_off_has_moved_the_day() -> None:
    kind = LetterKind.RECEIPT
    saturday = Receipt(Channel.INTERNET, date(2026, 3, 7), received_on=date(2026, 3, 9))
    text = plain_text(compose(replace(request(kind), receipt=saturday), sheet(kind), WORDING, AGENCY))

    assert "以提交成功之日为收到申请之日，该日不是工作日的，以其后第一个工作日为收到申请之日" in text


def test_a_provisional_day_is_told_as_such() -> None:
    kind = LetterKind.RECEIPT
    text = plain_text(
        compose(request(kind), replace(sheet(kind), provisional=True, due_why="从收到次日起算。"), WORDING, AGENCY)
    )

    assert "预计2026年4月28日（下一年度放假安排公布后确定）答复。从收到次日起算。" in text


@pytest.mark.parametrize("hostile", ["{{ agency }}", "{% raw %}", "<script>alert(1)</script>", "a\x00b\x0bc", "甲\n乙"])
def test_what_people_write_is_quoted_and_never_run(hostile: str) -> None:
    kind = Outcome.UNABLE_NOT_HELD
    typed = replace(
        request(kind),
        filing=replace(FILING, wish=replace(FILING.wish, description=hostile)),
        searches=(Search("承办员", date(2026, 3, 6), hostile, hostile, "0条"),),
    )
    text = plain_text(compose(typed, sheet(kind), WORDING, AGENCY))

    plain = hostile.replace("\x00", "").replace("\x0b", " ").replace("\n", " ")
    assert f"“{plain}”。" in text


@pytest.mark.parametrize("written", ["档案较多", "档案较多。", "档案较多；\n"])
def test_a_reason_with_or_without_its_full_stop_reads_the_same(written: str) -> None:
    kind = LetterKind.DELAY
    facts = {**sheet(kind).facts, Fact.REASON: written}

    assert "本机关无法在法定期限内答复：档案较多。\n" in plain_text(
        compose(request(kind), replace(sheet(kind), facts=facts), WORDING, AGENCY)
    )


def test_an_extension_is_told_as_it_was_approved() -> None:
    kind = LetterKind.EXTENSION
    told = plain_text(compose(request(kind), replace(sheet(kind), facts={}), WORDING, AGENCY))

    assert "因涉及的档案较多，查找需要时间，不能按期答复。" in told
    assert "答复期限延长20个工作日" in told


def test_articles_of_one_law_are_cited_with_its_title_once() -> None:
    assert "条例》第十五条、第三十二条、第三十六条第（三）项的规定" in plain_text(letter(Outcome.DENY_THIRD))


def test_a_letter_keeps_the_version_of_its_wording() -> None:
    changed = Wording.parse((*TEXTS[:-1], TEXTS[-1] + "\n# 修改"))

    assert letter(LetterKind.RECEIPT).version == WORDING.version != changed.version
