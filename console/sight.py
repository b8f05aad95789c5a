"""Who sees which cases: an account of a department sees that department's, and those given to it."""

from dataclasses import dataclass

from aiohttp import web

from console.auth import Staff
from console.door import View
from console.ports import Role
from register.ports import Register
from register.queue import EntryKind, Sight
from register.types import Case, CaseKind

EVERYWHERE = frozenset({Role.INTAKE, Role.SIGNER, Role.LEADER, Role.AUDITOR})
"""受理, 签发, 领导 and 审计 see the cases of all departments."""
FORMAL_ONLY = frozenset({Role.REVIEWER, Role.SECRECY, Role.SIGNER})
"""Those whose business are formal requests alone."""


def sight_of(staff: Staff) -> Sight | None:
    """Return what of the queue somebody sees; None for all of it."""
    return None if staff.role in EVERYWHERE or not staff.department else Sight(staff.department, staff.name)


def kind_for(staff: Staff, wanted: str) -> str:
    """Return the kind of entries to show to somebody who asks for this one; empty for all."""
    return EntryKind.REQUEST if staff.role in FORMAL_ONLY else wanted


def may_see(staff: Staff, case: Case) -> bool:
    """Whether a case is somebody's business at all."""
    sight = sight_of(staff)
    formal = case.kind is CaseKind.REQUEST or staff.role not in FORMAL_ONLY
    return formal and (sight is None or case.department == sight.department or case.handler == sight.name)


@dataclass(frozen=True, slots=True)
class Own:
    """Keeps cases from those whose business they are not."""

    register: Register

    def __call__(self, view: View) -> View:
        """Return the view of a case such that it is forbidden to whom may not see the case; raises UnknownCase."""

        async def show(request: web.Request, staff: Staff) -> web.StreamResponse:
            if not may_see(staff, await self.register.get(request.match_info["reference"])):
                raise web.HTTPForbidden
            return await view(request, staff)

        return show
