"""What people do in a browser: ask, set up an account, log in."""

from playwright.async_api import Page, expect

from tests.e2e.office import PASSWORD


async def ask(page: Page, text: str) -> None:
    """Ask on the chat page."""
    await page.get_by_label("您的问题").fill(text)
    await page.get_by_role("button", name="发送").click()


async def sign_up(page: Page, link: str, name: str) -> None:
    """Use an invitation, and log in."""
    await page.goto(link)
    for field in ("name", "password", "again"):
        await page.locator(f"input[name={field}]").fill(name if field == "name" else PASSWORD)
    await page.locator("main form button").first.click()
    await page.wait_for_url("**/console/login*")
    await page.locator("input[name=name]").fill(name)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("main form button").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("工作台")


async def invited(page: Page, role: str) -> str:
    """Return the link by which the administrator on this page invites somebody."""
    await page.get_by_role("link", name="账号").click()
    await page.get_by_label("角色").select_option(role)
    await page.locator("main form button").first.click()
    return await page.locator("#invitation").inner_text()
