"""What citizens and staff do, from end to end: a real server process, real files, encrypted messages."""

import asyncio
import re
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.conftest import OpenOffice
from tests.e2e.office import SAMPLE, Office, clerk_of, opened
from tests.e2e.platform import Platform
from tests.e2e.wechat_client import WeChatClient

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]

Follower = Callable[[Office], WeChatClient]
REFERENCE = re.compile(r"云岭-\d{4}-\d{6}")
CODE = re.compile(r"查询码：([A-Z0-9]{8})")
ANSWERED = "低保怎么申请"
UNCLEAR = "补贴"
UNANSWERED = "怎么炖排骨"
ANSWER = "您好，此事由县行政审批服务局办理。\n请带身份证到二楼 3 号窗口。"


async def register_inquiry(citizen: WeChatClient, openid: str) -> tuple[str, str]:
    """Ask what cannot be answered, take 咨询, and return number and query code."""
    offer = await citizen.say(openid, UNANSWERED)
    assert "留言咨询" in offer.text
    receipt = await citizen.say(openid, "1")
    reference, code = REFERENCE.search(receipt.text), CODE.search(receipt.text)
    assert reference, receipt.text
    assert code, receipt.text
    return reference.group(), code.group(1)


async def settled(office: Office, reference: str, state: str, *, within: float = 15) -> None:
    """Wait until the case's parcel is in a state."""
    for _ in range(int(within / 0.1)):
        if state in states(office, reference):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(states(office, reference))


def states(office: Office, reference: str) -> list[object]:
    return [row[0] for row in rows(office, "SELECT state FROM outbox WHERE reference = ?", reference)]


def rows(office: Office, query: str, *values: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(office.database)) as database:
        return database.execute(query, values).fetchall()


@contextmanager
def locked(office: Office) -> Iterator[None]:
    """Hold the database's write lock, as a backup program might."""
    with closing(sqlite3.connect(office.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_a_question_is_answered_with_the_quoted_passage(open_office: OpenOffice, follower: Follower) -> None:
    async with open_office() as office:
        citizen = follower(office)
        assert (await citizen.verify(echostr="4375120948345356249")).body == b"4375120948345356249"
        welcome = await citizen.happen("o-visitor", "subscribe")
        assert "云岭县人民政府办公室" in welcome.text
        answer = await citizen.say("o-visitor", ANSWERED)
        assert answer.status == 200
        assert "最低生活保障" in answer.text
        assert "出处：《" in answer.text
        assert "现行有效" in answer.text
        assert "回复 1 已解决" in answer.text
        assert len(answer.text.encode()) <= 2048
        assert "感谢您的反馈" in (await citizen.say("o-visitor", "1")).text


async def test_an_unclear_question_gives_numbered_candidates(open_office: OpenOffice, follower: Follower) -> None:
    async with open_office() as office:
        citizen = follower(office)
        candidates = await citizen.say("o-visitor", UNCLEAR)
        assert "请回复数字" in candidates.text
        titles = re.findall(r"回复 \d 《(.+?)》", candidates.text)
        assert len(titles) >= 2, candidates.text
        second = await citizen.say("o-visitor", "2")
        assert f"出处：《{titles[1]}》" in second.text
        await citizen.say("o-visitor", UNCLEAR)
        none = await citizen.say("o-visitor", "都不是")
        assert "留言咨询" in none.text


async def test_a_staff_answer_comes_back_to_the_same_chat_once(
    open_office: OpenOffice, follower: Follower, platform: Platform
) -> None:
    async with open_office() as office, clerk_of(office) as clerk:
        await clerk.set_up()
        citizen = follower(office)
        reference, _ = await register_inquiry(citizen, "o-asker")
        assert reference in await clerk.get("/console/queue")
        await clerk.answer(reference, ANSWER)
        await platform.wait_for_pushes(1)
        await settled(office, reference, "sent")
        assert platform.texts("o-asker") == [f"您的咨询 {reference} 已答复：\n{ANSWER}"]
        assert platform.surveys == [("o-asker", "工作人员的答复是否解决了您的问题？[已解决][未解决]")]
        status, page = await clerk.submit(
            f"/console/cases/{reference}/close", page=f"/console/cases/{reference}", text=""
        )
        assert status == 200
        assert "已办结" in page
        assert len(platform.pushes) == 1
        assert "感谢您的反馈" in (await citizen.say("o-asker", "1")).text
        assert "公众评价：已解决" in await clerk.get(f"/console/cases/{reference}")
        assert "人工答复满意率" in await clerk.get("/console/statistics")


async def test_an_unverified_account_gives_the_staff_answer_with_the_next_message(
    open_office: OpenOffice, follower: Follower, platform: Platform
) -> None:
    async with open_office(verified=False) as office, clerk_of(office) as clerk:
        await clerk.set_up()
        citizen = follower(office)
        reference, _ = await register_inquiry(citizen, "o-asker")
        await clerk.answer(reference, ANSWER)
        await settled(office, reference, "held")
        delivery = citizen.deliver("o-asker", "谢谢")
        first = await citizen.post(delivery)
        assert f"您的咨询 {reference} 已答复" in first.text
        assert "3 号窗口" in first.text
        assert "不客气" in first.text
        again = await citizen.post(delivery)
        assert again.text == first.text
        assert reference not in (await citizen.say("o-asker", "谢谢")).text
        assert platform.pushes == []


async def test_number_and_code_tell_the_status_in_the_chat_and_on_the_web(
    open_office: OpenOffice, follower: Follower
) -> None:
    async with open_office() as office, clerk_of(office) as clerk:
        citizen = follower(office)
        reference, code = await register_inquiry(citizen, "o-asker")
        told = await citizen.say("o-asker", f"查询 {reference} {code}")
        assert "待处理" in told.text
        wrong = await citizen.say("o-asker", f"查询 {reference} AAAA2222")
        unknown = await citizen.say("o-asker", f"查询 云岭-2026-999999 {code}")
        assert wrong.text == unknown.text
        assert "待处理" not in wrong.text
        status, page = await clerk.submit("/status", reference=reference, code=code)
        assert status == 200
        assert "待处理" in page
        _, refused = await clerk.submit("/status", reference=reference, code="AAAA2222")
        assert "待处理" not in refused


async def test_the_web_page_answers_escalates_and_hears_the_staff_answer(open_office: OpenOffice) -> None:
    async with open_office() as office, clerk_of(office) as clerk, aiohttp.ClientSession() as session:
        await clerk.set_up()
        token = re.search(r'data-user="([^"]+)"', await clerk.get("/"))
        assert token
        user = token.group(1)

        async def chat(text: str) -> dict[str, object]:
            async with session.post(f"{office.url}/api/chat", json={"user": user, "text": text}) as response:
                assert response.status == 200
                content: dict[str, object] = await response.json()
                return content

        answer = await chat(ANSWERED)
        assert set(answer) == {"status", "text", "options", "sources", "reference"}
        assert answer["status"] == "answered_search"
        assert answer["sources"]
        await chat(UNANSWERED)
        receipt = await chat("1")
        reference = str(receipt["reference"])
        async with session.get(f"{office.url}/api/chat/events", params={"user": user}) as events:
            assert events.status == 200
            await clerk.answer(reference, ANSWER)
            heard = await asyncio.wait_for(events.content.readuntil(b"\n\n"), 15)
        assert reference in heard.decode()
        assert "3 号窗口" in heard.decode()
        async with session.post(f"{office.url}/api/chat", json={"user": "guessed", "text": "x"}) as refused:
            assert refused.status == 403


async def test_a_redelivery_after_five_seconds_is_answered_once(open_office: OpenOffice, follower: Follower) -> None:
    async with open_office(verified=False) as office:
        assert office.process
        citizen = follower(office)
        delivery = citizen.deliver("o-asker", UNANSWERED)
        office.process.send_signal(signal.SIGSTOP)
        with pytest.raises(TimeoutError):
            await citizen.post(delivery, timeout=5.0)
        second = asyncio.create_task(citizen.post(delivery, timeout=5.0))
        await asyncio.sleep(0.2)
        office.process.send_signal(signal.SIGCONT)
        answer = await second
        assert "留言咨询" in answer.text
        assert rows(office, "SELECT count(*), sum(times) FROM gaps") == [(1, 1)]


async def test_a_redelivery_joins_the_work_that_still_runs(open_office: OpenOffice, follower: Follower) -> None:
    async with open_office(verified=False) as office:
        citizen = follower(office)
        delivery = citizen.deliver("o-asker", UNANSWERED)
        with locked(office):
            # the gap cannot be counted while another program holds the database
            with pytest.raises(TimeoutError):
                await citizen.post(delivery, timeout=1.0)
            second = asyncio.create_task(citizen.post(delivery, timeout=5.0))
            await asyncio.sleep(0.2)
        answer = await second
        assert "留言咨询" in answer.text
        assert rows(office, "SELECT count(*), sum(times) FROM gaps") == [(1, 1)]


async def test_a_locked_database_gets_an_apology_and_half_stores_nothing(
    open_office: OpenOffice, follower: Follower
) -> None:
    async with open_office() as office:
        citizen = follower(office)
        await citizen.say("o-asker", UNANSWERED)
        delivery = citizen.deliver("o-asker", "1")
        with locked(office):
            for _ in range(2):
                with pytest.raises(TimeoutError):
                    await citizen.post(delivery, timeout=5.0)
            third = await citizen.post(delivery, timeout=5.0)
        assert "抱歉，系统暂时繁忙" in third.text
        assert rows(office, "SELECT * FROM cases") == rows(office, "SELECT * FROM events") == []
        again = await citizen.post(delivery)
        assert "您的咨询已登记" in again.text
        assert rows(office, "SELECT count(*) FROM cases") == [(1,)]


async def test_a_killed_server_neither_loses_nor_doubles_a_staff_answer(
    open_office: OpenOffice, follower: Follower, platform: Platform
) -> None:
    async with open_office() as office, clerk_of(office) as clerk:
        await clerk.set_up()
        citizen = follower(office)
        reference, code = await register_inquiry(citizen, "o-asker")
        await office.killed()
        await office.start()
        assert "待处理" in (await citizen.say("o-asker", f"查询 {reference} {code}")).text
        platform.script("send", -1)
        await clerk.answer(reference, ANSWER)
        await office.killed()
        await office.start()
        await platform.wait_for_pushes(1, within=60)
        await settled(office, reference, "sent")
        assert len(platform.texts("o-asker")) == 1


async def test_a_message_redelivered_after_a_kill_opens_its_inquiry_once(
    open_office: OpenOffice, follower: Follower
) -> None:
    async with open_office() as office:
        citizen = follower(office)
        await citizen.say("o-asker", UNANSWERED)
        delivery = citizen.deliver("o-asker", "1")
        first = await citizen.post(delivery)
        await office.killed()
        await office.start()
        again = await citizen.post(delivery)
        assert again.text == first.text
        assert rows(office, "SELECT count(*) FROM cases") == [(1,)]


async def test_what_the_platform_did_not_send_is_refused(open_office: OpenOffice, follower: Follower) -> None:
    async with open_office() as office, aiohttp.ClientSession() as session:
        delivery = follower(office).deliver("o-asker", ANSWERED)
        url = f"{office.url}/channels/wechat/main"
        forged = dict(delivery.query) | {"msg_signature": "0" * 40}
        async with session.post(url, params=forged, data=delivery.body) as response:
            assert response.status == 403
        async with session.post(url, params=delivery.query, data=b"x" * 300_000) as response:
            assert response.status == 413
        async with session.post(f"{office.url}/channels/wechat/other", data=b"") as response:
            assert response.status == 404


async def test_an_empty_knowledge_base_starts_and_says_so(
    tmp_path: Path, platform: Platform, follower: Follower
) -> None:
    async with opened(Office(tmp_path, platform.url)) as office, aiohttp.ClientSession() as session:
        assert "知识库为空" in office.printed
        async with session.get(f"{office.url}/readyz") as response:
            assert response.status == 200
            assert "知识库为空" in await response.text()
        assert "留言咨询" in (await follower(office).say("o-asker", ANSWERED)).text


async def test_a_running_server_takes_over_what_the_command_line_imported(
    tmp_path: Path, platform: Platform, follower: Follower
) -> None:
    async with opened(Office(tmp_path, platform.url)) as office:
        assert "新增" in await office.run("import", str(SAMPLE))
        for _ in range(100):
            answer = await follower(office).say("o-asker", ANSWERED)
            if "出处：" in answer.text:
                break
            await asyncio.sleep(0.1)
        assert "最低生活保障" in answer.text


async def test_a_server_that_stops_leaves_in_time_and_answers_afterwards_what_it_did_not_acknowledge(
    open_office: OpenOffice, follower: Follower
) -> None:
    async with open_office() as office:
        assert office.process
        citizen = follower(office)
        deliveries = [citizen.deliver(f"o-{number}", UNANSWERED) for number in range(5)]
        with locked(office):
            # the gap cannot be counted, and no answer can be promised
            for delivery in deliveries:
                with pytest.raises(TimeoutError):
                    await citizen.post(delivery, timeout=0.5)
            office.process.terminate()
            assert await asyncio.wait_for(office.process.wait(), 15) == 0
        await office.start()
        for delivery in deliveries:
            assert "留言咨询" in (await citizen.post(delivery)).text
