"""是否解决: what citizens say of the answers that people gave them."""

from datetime import datetime, timedelta
from typing import Protocol

from register.types import Case

OPEN_FOR = timedelta(days=30)
"""How long after an answer arrived a short word is understood as a verdict on it."""
REPEATED = timedelta(minutes=10)
"""How long a bare number is taken for the same verdict again: the message that gave it may be handled twice."""


class Verdicts(Protocol):
    """Keeps the verdicts, each as an event (RESOLVED or UNRESOLVED) of its case; the last one counts."""

    async def judge(
        self, channel: str, user: str, *, resolved: bool, at: datetime, parcel: str = "", firmly: bool = False
    ) -> Case | None:
        """Note a verdict on the answer that reached this citizen last, or came in the parcel of this key.

        Returns its case; None where no answer waits for a verdict. One that was given before is changed only `firmly`.
        The same verdict again changes nothing.
        """
