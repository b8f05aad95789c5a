"""What the office is overseen by, built from the settings."""

from config.settings import Settings
from console.oversight import Oversight
from register.timekeeper import Timekeeper
from wiring.almanac import Almanac, Noticeboard, assembled
from wiring.parts import Parts, utc_now
from wiring.requests import Chancery, recomputation


def open_oversight(settings: Settings, parts: Parts, noticeboard: Noticeboard, chancery: Chancery | None) -> Oversight:
    """Return what the console needs to oversee the office."""
    return Oversight(
        timekeeper=Timekeeper(
            gazette=parts.gazette,
            assemble=lambda texts: assembled(settings, texts),
            calendar=Almanac(settings),
            publish=noticeboard.publish,
            recompute=recomputation(chancery),
            now=utc_now,
        )
    )
