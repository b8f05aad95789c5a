"""What is taken out of the database when nobody needs it any more (个人信息保护法 arts 19, 47)."""

from datetime import datetime

from sqlalchemy import and_, delete, func, literal, or_, select, update

from bot.types import ParcelState
from register.types import CaseKind, Status
from storage.database import Database, whole
from storage.tables.register import cases, events, outbox

_OVER = (Status.ANSWERED, Status.CLOSED)
_SETTLED = (ParcelState.SENT, ParcelState.UNCERTAIN, ParcelState.FAILED)


class SqlRetention:
    """Forgets whose an inquiry was; formal requests (依申请公开) and their files are kept for the archive (art. 45)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def forget(self, *, before: datetime) -> int:
        """Drop the citizen's user id from inquiries that were over before then, and the texts sent; return how many.

        Number and query code still find the answer. Question, answer and history name nobody and stay.
        """
        last = select(func.max(events.c.at)).where(events.c.reference == cases.c.reference).scalar_subquery()
        over = and_(cases.c.kind == CaseKind.INQUIRY, cases.c.user_id != "", cases.c.status.in_(_OVER), last < before)
        forgotten = (
            update(cases)
            .where(over)
            # the message that opened it begins with the user id
            .values(user_id="", source=literal("forgotten:").concat(cases.c.reference), offer=None)
            .returning(cases.c.reference)
        )
        loose = and_(outbox.c.reference == "", outbox.c.state.in_(_SETTLED), outbox.c.settled_at < before)
        async with self._database.begin() as connection:
            references = (await connection.scalars(forgotten)).all()
            await connection.execute(delete(outbox).where(or_(outbox.c.reference.in_(references), loose)))
        return len(references)
