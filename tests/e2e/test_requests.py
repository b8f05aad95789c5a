"""A formal request from the account to the letter: filled in by chat, handled by four people, delivered, closed."""

import re
from collections.abc import Callable

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.browsing import invited, sign_up
from tests.e2e.conftest import OpenOffice
from tests.e2e.office import Office
from tests.e2e.platform import Platform
from tests.e2e.wechat_client import WeChatClient

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

Follower = Callable[[Office], WeChatClient]
WISH = "云政办〔2025〕99号文件全文"
NUMBER = "11010519491231002X"
FORM = (WISH, "1", "1", "张三", "1", NUMBER, "13800000000")


async def file(citizen: WeChatClient, openid: str) -> tuple[str, str]:
    """Fill in the form by chat and return number and query code."""
    await citizen.say(openid, "申请公开")
    for answer in FORM:
        said = await citizen.say(openid, answer)
        if "回复“继续”" in said.text:
            said = await citizen.say(openid, "继续")
    assert NUMBER not in said.text
    receipt = (await citizen.say(openid, "确认提交")).text
    found = re.search(r"受理编号：(\S+)\n查询码：(\S+)", receipt)
    assert found, receipt
    assert "20 个工作日" in receipt
    return found[1], found[2]


class Chancery:
    """The people who handle a request, each with a browser of their own."""

    def __init__(self, office: Office, pages: dict[str, Page]) -> None:
        self.office = office
        self.pages = pages

    async def open(self, who: str, reference: str) -> Page:
        page = self.pages[who]
        await page.goto(f"{self.office.url}/console/cases/{reference}")
        await expect(page.get_by_role("heading", level=1)).to_contain_text(reference)
        return page

    async def step(self, who: str, reference: str, label: str, **facts: str) -> None:
        """Take a step that the page offers."""
        page = await self.open(who, reference)
        fold = page.locator("details.step").filter(has=page.get_by_text(label, exact=True)).first
        await fold.locator("summary").click()
        for name, text in facts.items():
            field = fold.locator(f"[name={name}]")
            if await field.evaluate("field => field.tagName") == "SELECT":
                await field.select_option(text)
            else:
                await field.fill(text)
        await fold.get_by_role("button", name=label, exact=True).click()
        await expect(page.locator(".flash.good")).to_contain_text("已办理")

    async def offered(self, who: str, reference: str) -> list[str]:
        page = await self.open(who, reference)
        return await page.locator("details.step > summary").all_inner_texts()


async def chancery_of(office: Office, browser: Browser) -> Chancery:
    administrator = await (await browser.new_context()).new_page()
    await sign_up(administrator, office.first_link(), "admin-one")
    pages = {}
    for role in ("officer", "reviewer", "secrecy", "signer"):
        page = await (await browser.new_context(viewport={"width": 1280, "height": 900})).new_page()
        await sign_up(page, await invited(administrator, role), f"{role}-one")
        pages[role] = page
    return Chancery(office, pages)


async def test_a_request_is_filed_by_chat_handled_by_four_people_and_delivered(
    open_office: OpenOffice, follower: Follower, platform: Platform, browser: Browser
) -> None:
    async with open_office() as office:
        citizen = follower(office)
        reference, code = await file(citizen, "o-asker")
        staff = await chancery_of(office, browser)

        page = await staff.open("officer", reference)
        body = await page.locator("main").inner_text()
        assert WISH in body
        assert NUMBER not in body
        assert "逐日说明" in body
        assert "签发" not in await staff.offered("officer", reference)
        assert await staff.offered("signer", reference) == ["会商、联系记录"]

        await page.get_by_text("查看完整号码").click()
        await page.locator("input[name=reason]").fill("核对身份")
        await page.get_by_role("button", name="查看").click()
        await expect(page.locator("main")).to_contain_text(NUMBER)
        await expect(page.locator("main")).to_contain_text("officer-one 查看：核对身份")

        await staff.step("officer", reference, "进入办理")
        await page.get_by_role("link", name="拟答复").click()
        await page.get_by_role("link", name="本机关不掌握相关政府信息").click()
        await page.get_by_role("button", name="保存并送审").click()
        await expect(page.locator(".flash.bad")).to_contain_text("检索记录")
        await staff.step("officer", reference, "检索记录", system="档案系统", keywords="99号", hits="没有")
        await page.goto(f"{office.url}/console/requests/{reference}/reply?outcome=unable_not_held")
        await page.get_by_role("button", name="保存并送审").click()
        await expect(page.locator("h1")).to_contain_text("审核")

        await staff.step("reviewer", reference, "审核通过")
        await staff.step("secrecy", reference, "保密审查通过", secrecy_review="不涉及国家秘密")
        signer = await staff.open("signer", reference)
        await expect(signer.locator("main")).to_contain_text("（签发时编号）")
        await staff.step("signer", reference, "签发")

        await platform.wait_for_pushes(1)
        (letter,) = platform.texts("o-asker")
        year = re.search(r"-(\d{4})-", reference)
        assert year
        assert f"云公开〔{year[1]}〕1号" in letter
        assert "六十日内向云岭市人民政府申请行政复议" in letter
        assert "https://example.gov.cn/fuyi" in letter
        page = await staff.open("officer", reference)
        await closed(page)
        status = (await citizen.say("o-asker", f"查询 {reference} {code}")).text
        assert reference in status


async def test_what_one_applicant_was_given_becomes_a_draft_for_everybody(
    open_office: OpenOffice, follower: Follower, browser: Browser
) -> None:
    async with open_office() as office:
        reference, _ = await file(follower(office), "o-asker")
        staff = await chancery_of(office, browser)
        await staff.step("officer", reference, "进入办理")
        page = staff.pages["officer"]
        await page.goto(f"{office.url}/console/requests/{reference}/reply?outcome=open_provided")
        await page.locator("[name=provided]").fill("《云岭县加装电梯办法》全文：每台补贴十万元。")
        await page.get_by_role("button", name="保存并送审").click()
        await staff.step("reviewer", reference, "审核通过")
        await staff.step("secrecy", reference, "保密审查通过", secrecy_review="不涉及国家秘密")
        await staff.step("signer", reference, "签发")
        page = await staff.open("officer", reference)
        await closed(page)
        await page.get_by_role("link", name="转主动公开").click()
        await page.locator("[name=title]").fill("加装电梯补贴多少钱")
        await page.get_by_role("button", name="存为草稿").click()
        await expect(page.locator(".flash.good")).to_contain_text("转主动公开")

        reviewer = staff.pages["reviewer"]
        await reviewer.goto(f"{office.url}/console/review")
        await reviewer.get_by_role("link", name="加装电梯补贴多少钱").click()
        text = await reviewer.locator("main").inner_text()
        assert "每台补贴十万元" in text
        assert "张三" not in text


async def closed(page: Page) -> None:
    """Reload until the system has recorded the delivery and closed the request."""
    for _ in range(90):
        if "办结" in await page.locator("h1").inner_text():
            return
        await page.wait_for_timeout(1000)
        await page.reload()
    raise AssertionError(await page.locator("h1").inner_text())


async def test_cancelling_leaves_no_request_and_a_wrong_number_is_told(
    open_office: OpenOffice, follower: Follower
) -> None:
    async with open_office() as office:
        citizen = follower(office)
        await citizen.say("o-asker", "申请公开")
        for answer in FORM[:5]:
            said = await citizen.say("o-asker", answer)
            if "回复“继续”" in said.text:
                await citizen.say("o-asker", "继续")
        assert "身份证号码校验不通过" in (await citizen.say("o-asker", "110105194912310020")).text
        assert "没有保留" in (await citizen.say("o-asker", "取消")).text
        assert NUMBER.encode() not in office.database.read_bytes()
        # one person who types this fast is asked to wait
        reference, _ = await file(citizen, "o-other")
        assert reference.endswith("000001")
        assert "张三".encode() not in office.database.read_bytes()


async def test_an_applicant_asked_to_correct_hears_it_and_the_clock_begins_anew(
    open_office: OpenOffice, follower: Follower, platform: Platform, browser: Browser
) -> None:
    async with open_office() as office:
        reference, _ = await file(follower(office), "o-asker")
        staff = await chancery_of(office, browser)
        await staff.step(
            "officer",
            reference,
            "一次性告知补正",
            items="缺少文件的特征描述",
            guidance="请写明文件名称",
            due_on="2099-01-01",
        )
        await platform.wait_for_pushes(1)
        assert "请写明文件名称" in platform.texts("o-asker")[0]
        page = await staff.open("officer", reference)
        await expect(page.locator("main")).to_contain_text("答复期限没有起算")
        assert "一次性告知补正" not in await staff.offered("officer", reference)
        await staff.step("officer", reference, "收到补正", correction_text="补正：2025年的文件")
        assert "一次性告知补正" not in await staff.offered("officer", reference)


async def test_the_form_is_a_page_that_works_without_javascript(open_office: OpenOffice, browser: Browser) -> None:
    async with open_office() as office:
        page = await (await browser.new_context(java_script_enabled=False)).new_page()
        await page.goto(f"{office.url}/request")
        await page.locator("textarea").fill("低保申请条件的文件")
        await page.get_by_role("button", name="下一步").click()
        await expect(page.locator("main")).to_contain_text("这些已经公开")

        await page.locator("[name=name]").fill("张三😀")
        await page.get_by_role("button", name="提交申请").click()
        await expect(page.locator("main")).to_contain_text("姓名只能有文字")
        await expect(page.locator("[name=description]")).to_have_value("低保申请条件的文件")

        for name, choice in (("route", "online"), ("kind", "citizen"), ("document", "resident_id")):
            await page.locator(f"[name={name}]").select_option(choice)
        for name, text in (("name", "张三"), ("identity", NUMBER), ("phone", "13800000000")):
            await page.locator(f"[name={name}]").fill(text)
        await page.get_by_role("button", name="提交申请").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("申请已提交")
        await page.reload()
        receipt = await page.locator("main").inner_text()
        found = re.search(r"受理编号\s+(\S+)\s+查询码\s+(\S+)", receipt)
        assert found
        assert found[1].endswith("000001")

        await page.goto(f"{office.url}/status")
        await page.locator("[name=reference]").fill(found[1])
        await page.locator("[name=code]").fill(found[2])
        await page.get_by_role("button", name="查询").click()
        await expect(page.locator("main")).to_contain_text("审查")


async def test_a_request_that_came_by_post_is_entered_and_counted(open_office: OpenOffice, browser: Browser) -> None:
    async with open_office() as office:
        staff = await chancery_of(office, browser)
        page = staff.pages["officer"]
        await page.goto(f"{office.url}/console/queue")
        await page.get_by_role("link", name="登记申请").click()
        choices = (("channel", "signed_mail"), ("route", "post"), ("kind", "citizen"), ("document", "resident_id"))
        for name, choice in choices:
            await page.locator(f"[name={name}]").select_option(choice)
        await page.locator("[name=arrived_on]").fill("2026-01-05")
        for name, text in (("description", WISH), ("name", "张三"), ("identity", NUMBER), ("phone", "13800000000")):
            await page.locator(f"[name={name}]").fill(text)
        await page.get_by_role("button", name="登记", exact=True).click()
        await expect(page.locator("main")).to_contain_text("请写明补录的原因")
        await expect(page.locator("main")).to_contain_text("请填写联系地址")

        await page.locator("[name=reason]").fill("信件转到后补录")
        await page.locator("[name=address]").fill("某路 1 号")
        await page.get_by_role("button", name="登记", exact=True).click()
        await expect(page.locator("h1")).to_contain_text("审查")
        await expect(page.locator("main")).to_contain_text("邮寄（需签收")
        await expect(page.locator("main")).to_contain_text("2026年2月2日")

        await page.goto(f"{office.url}/console/report?year=2026")
        await expect(page.locator(".flash.good")).to_contain_text("勾稽关系成立")
        await page.locator("tbody tr").first.get_by_role("link", name="1").first.click()
        await expect(page.locator("main")).to_contain_text("（1 件）")
