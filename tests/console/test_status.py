from console.texts import NOT_FOUND_CASE
from register.lookup import ASKER_LIMIT
from tests.console.conftest import Office


async def test_number_and_code_show_where_a_case_stands(office: Office) -> None:
    case = await office.case()
    await office.desk.note(case.reference, "内部的话", by="li", version=1)
    await office.desk.answer(case.reference, "每台十五万元。", by="li", version=2)

    page = await office.visitor().send("/status", "/status", reference=case.reference, code=case.code)

    shown = page.one("section", **{"aria-labelledby": "found"}).text
    for word in (case.reference, "已答复", "2026-03-02 09:00", "2026年3月9日", "每台十五万元。"):
        assert word in shown
    assert "内部的话" not in page.text


async def test_a_wrong_code_and_an_unknown_number_get_the_same_page(office: Office) -> None:
    case = await office.case()
    visitor = office.visitor()
    wrong = await visitor.post("/status", status=404, reference=case.reference, code="WRONG")
    unknown = await visitor.post("/status", status=404, reference="浚县-2026-999999", code=case.code)
    assert wrong.one("p", role="alert").text == NOT_FOUND_CASE
    assert wrong.text == unknown.text


async def test_guessing_from_one_address_ends_with_the_same_words(office: Office) -> None:
    case = await office.case()
    visitor = office.visitor()
    for _ in range(ASKER_LIMIT):
        await visitor.post("/status", status=404, reference=case.reference, code="WRONG")
    page = await visitor.post("/status", status=404, reference=case.reference, code=case.code)
    assert page.one("p", role="alert").text == NOT_FOUND_CASE

    other = {"X-Forwarded-For": "198.51.100.7"}
    response = await visitor.client.post(
        "/status", data={"reference": case.reference, "code": case.code}, headers=other
    )
    assert response.status == 200
