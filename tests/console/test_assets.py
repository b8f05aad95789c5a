import pytest

from tests.console.conftest import Office


@pytest.mark.parametrize("base", ["", "/console"])
async def test_every_file_a_page_names_is_served_for_a_year(office: Office, base: str) -> None:
    visitor = office.visitor()
    page = await visitor.get(base + "/login" if base else "/")
    files = [each.attributes["href"] for each in page.all("link")]
    files += [each.attributes["src"] for each in page.all("script") + page.all("img")]
    assert len(files) >= 4
    for file in files:
        response = await visitor.client.get(file)
        assert response.status == 200
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_a_file_asked_for_by_another_version_is_not_kept(office: Office) -> None:
    response = await office.visitor().client.get("/static/base.css?v=old")
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize("name", ["nothing.css", "..%2Fapp.py", "../app.py", "%2e%2e%2fapp.py"])
async def test_nothing_else_is_served(office: Office, name: str) -> None:
    response = await office.visitor().client.get(f"/static/{name}")
    assert response.status == 404
