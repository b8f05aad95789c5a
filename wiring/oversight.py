"""What the office is overseen by, built from the settings."""

from bot.switches import Switchboard
from config.loading import Loaded
from console.oversight import Oversight
from console.switchboard import Setting
from register.timekeeper import Timekeeper
from storage.figures import SqlFigures
from storage.prompts import SqlPrompts
from wiring.almanac import Almanac, Noticeboard, assembled
from wiring.parts import Parts, utc_now
from wiring.requests import Chancery, recomputation


def open_oversight(
    loaded: Loaded,
    parts: Parts,
    *,
    noticeboard: Noticeboard,
    switchboard: Switchboard,
    chancery: Chancery | None,
    channels: tuple[str, ...],
) -> Oversight:
    """Return what the console needs to oversee the office."""
    settings = loaded.settings
    timekeeper = Timekeeper(
        gazette=parts.gazette,
        assemble=lambda texts: assembled(settings, texts),
        calendar=Almanac(settings),
        publish=noticeboard.publish,
        recompute=recomputation(chancery),
        now=utc_now,
    )
    figures = SqlFigures(parts.database) if parts.database is not None else None
    prompts = SqlPrompts(parts.database) if parts.database is not None else None
    shown = tuple(Setting(each.name, each.value, each.source, each.meaning) for each in loaded.effective())
    return Oversight(
        timekeeper, switchboard, channels, settings=lambda: shown, now=utc_now, figures=figures, prompts=prompts
    )
