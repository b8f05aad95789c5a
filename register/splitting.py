"""One matter for each request (一事一申请): the parts of a request that asks for several; pure."""

from collections.abc import Sequence
from dataclasses import replace

from register.facts import Fact
from register.request import Event

MOST_PARTS = 20


def matters(text: str) -> tuple[str, ...]:
    """Return the matters that somebody wrote down, one a line."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def forked(events: Sequence[Event], parent: str, matter: str) -> tuple[Event, ...]:
    """Return the history of a part: that of the whole, in which only this matter was applied for.

    So it has the same receipt and the same clock, and who handled or approved the whole has done so with the part.
    """
    first, *rest = events
    filing = first.act.filing
    if filing is None:
        raise ValueError("a history begins with a filing")
    own = replace(filing, wish=replace(filing.wish, description=matter), attachments=())
    submit = replace(first.act, filing=own, facts={**first.act.facts, Fact.PARENT: parent})
    return (replace(first, act=submit), *rest)
