"""The console over a register of formal requests in a real database, with one browser for each role."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import quote

from console.chancery import RequestDesk
from console.enclosures import Enclosing
from console.ports import Role
from register.correspondence import File
from register.filing import Receipt
from register.outcomes import Outcome
from register.steps import RequestStep
from register.steps import Role as Capacity
from storage.database import Database
from storage.enclosures import SqlEnclosures
from storage.register import SqlRegister
from tests.console.conftest import Office, Visitor, open_office
from tests.console.markup import Element
from tests.fakes import PlainVault
from tests.register.desk import Desk
from tests.register.office import proposal


@dataclass(slots=True)
class Chancery:
    """The console over the register, with one browser for each role."""

    office: Office
    desk: Desk
    browsers: dict[Role, Visitor] = field(default_factory=dict)

    async def staff(self, role: Role) -> Visitor:
        if role not in self.browsers:
            self.browsers[role] = await self.office.staff(role, f"{role.value}-one")
        return self.browsers[role]

    async def page(self, file: File, role: Role = Role.OFFICER) -> Element:
        return await (await self.staff(role)).get(place(file))

    async def take(
        self, file: File, step: RequestStep, role: Role = Role.OFFICER, *, status: int = 200, **fields: str
    ) -> Element:
        """Fill in what the page offers for a step and send it."""
        visitor = await self.staff(role)
        return await visitor.send(place(file), f"{place(file)}/step/{step}", status=status, **fields)

    async def kept(self, file: File) -> File:
        return await self.desk.office.load(file.docket.case.reference)

    async def signed(self, receipt: Receipt | None = None) -> File:
        """Return a request whose reply is signed and has to be delivered."""
        file = await self.desk.file(receipt=receipt)
        return await self.reply_to(await self.desk.do(file, RequestStep.ACCEPT, Capacity.HANDLER))

    async def reply_to(self, file: File) -> File:
        """Return a request that was being handled, with its reply signed."""
        file = await self.desk.do(file, RequestStep.PROPOSE, Capacity.HANDLER, proposal(Outcome.OPEN_PROVIDED))
        file = await self.desk.do(file, RequestStep.SUBMIT_DRAFT, Capacity.HANDLER)
        file = await self.desk.do(file, RequestStep.PASS_REVIEW, Capacity.REVIEWER)
        file = await self.desk.do(file, RequestStep.PASS_SECRECY, Capacity.SECRECY_REVIEWER, secrecy_review="不涉密")
        return await self.desk.do(file, RequestStep.SIGN, Capacity.SIGNER)


def request_desk(database: Database, desk: Desk, department: str) -> RequestDesk:
    keys = (f"{number:032x}" for number in count(1))
    files = Enclosing(SqlEnclosures(database, PlainVault()), desk.clock, lambda: next(keys))
    return RequestDesk(desk.office, lambda _: department, files)


def place(file: File) -> str:
    return f"/console/requests/{quote(file.docket.case.reference)}"


@asynccontextmanager
async def open_chancery(url: str) -> AsyncIterator[Chancery]:
    """Give a console over the register in a fresh database."""
    database = Database(url)
    desk = Desk(database)
    register = SqlRegister(database, PlainVault(), code="浚县", now=desk.clock)
    async with open_office(request_desk(database, desk, "县住建局"), register) as office:
        yield Chancery(office, desk)
    await database.aclose()
