import pytest

from console.auth import digest
from console.ports import Account, Invitation, Role, SavedView
from tests.fakes import MONDAY
from tests.storage.conftest import Stores


@pytest.fixture
async def people(stores: Stores) -> Stores:
    for name in ("li", "wang"):
        await stores.accounts.invite(Invitation(digest(name), Role.OFFICER, MONDAY.replace(year=2030)))
        account = Account(name, Role.OFFICER, "$argon2id$…", failures=0, locked_until=None)
        assert await stores.accounts.redeem(digest(name), account, now=MONDAY)
    return stores


class TestSavedViews:
    async def test_everybody_has_their_own_views_in_order_of_name(self, people: Stores) -> None:
        for owner, name in (("li", "乙"), ("li", "甲"), ("wang", "甲")):
            await people.views.keep(SavedView(owner, name, f"text={name}"))

        assert [view.name for view in await people.views.of("li")] == sorted("乙甲")
        assert await people.views.of("wang") == (SavedView("wang", "甲", "text=甲"),)
        assert await people.views.of("zhao") == ()

    async def test_a_view_takes_the_place_of_an_earlier_one_of_its_name(self, people: Stores) -> None:
        await people.views.keep(SavedView("li", "甲", "band=soon"))
        await people.views.keep(SavedView("li", "甲", "band=last"))
        assert await people.views.of("li") == (SavedView("li", "甲", "band=last"),)

    async def test_a_dropped_view_is_gone_for_its_owner_alone(self, people: Stores) -> None:
        for owner in ("li", "wang"):
            await people.views.keep(SavedView(owner, "甲", "band=soon"))
        for _ in range(2):
            await people.views.drop("li", "甲")
        assert await people.views.of("li") == ()
        assert len(await people.views.of("wang")) == 1
