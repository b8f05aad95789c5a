"""是否解决: what citizens say of the answers that people gave them."""

from datetime import datetime
from typing import Protocol

from register.types import Case


class Verdicts(Protocol):
    """Keeps the verdicts, each as an event (RESOLVED or UNRESOLVED) of its case; the last one counts."""

    async def judge(self, channel: str, user: str, parcel: str, *, resolved: bool, at: datetime) -> Case | None:
        """Note a verdict on the answer that came to this citizen in the parcel of this key.

        Returns its case; None where it did not arrive, or over 30 days ago. Where its arrival could not be noted, the
        verdict proves it. The same verdict again changes nothing.
        """
