"""The disclosure office over a database, and people who act in it: the driver of the tests over whole requests."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from register.correspondence import Correspondence, File
from register.facts import Fact
from register.filing import Channel, Filing, Receipt
from register.office import DisclosureOffice, Envelope
from register.request import Act, Proposal
from register.steps import RequestStep, Role
from storage.database import Database
from storage.numbers import new_query_code
from storage.requests import SqlRequests
from tests.fakes import FixedClock, PlainVault
from tests.register.letters.samples import AGENCY, STATIONERY, WORDING
from tests.register.office import ACTORS, CALENDAR, FILING, TERMS

SHANGHAI = ZoneInfo("Asia/Shanghai")
ENVELOPE = Envelope(source="web:li:1", channel="web", user="li", search="没有找到")
POSTED = {"method": "post", "proof": "邮件号1234567890"}


class Desk:
    """The office and the day on which it works."""

    def __init__(self, database: Database) -> None:
        self.clock = FixedClock(datetime(2026, 3, 2, 9, tzinfo=SHANGHAI))
        self.requests = SqlRequests(database, PlainVault(), code="浚县", query_code=new_query_code)
        self.office = DisclosureOffice(
            requests=self.requests,
            vault=PlainVault(),
            calendar=lambda: CALENDAR,
            terms=(TERMS,),
            now=self.clock,
            correspondence=Correspondence(WORDING, AGENCY, STATIONERY),
        )

    @property
    def today(self) -> date:
        return self.office.today()

    async def file(self, source: str = "web:li:1", receipt: Receipt | None = None, filing: Filing = FILING) -> File:
        given = receipt or Receipt(Channel.INTERNET, self.today)
        return await self.office.file(filing, given, replace(ENVELOPE, source=source))

    async def do(
        self, file: File, step: RequestStep, role: Role, proposed: Proposal | None = None, **facts: str
    ) -> File:
        act = Act(
            step=step,
            actor=ACTORS[role],
            role=role,
            at=self.clock(),
            on=self.today,
            facts={Fact(name): text for name, text in facts.items()},
            proposal=proposed,
        )
        return await self.office.act(file.docket.case.reference, act, version=len(file.docket.events))
