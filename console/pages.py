"""Turns templates into HTML responses that carry the security headers."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from console import texts
from console.assets import Assets
from console.blocks import blocks
from console.rooms import halls
from console.site import Site
from register.explanation import day_text

HERE = Path(__file__).parent
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China keeps one time all year since 1991."""
DISPLAY_COOKIE = "zhengda_display"
YEAR = 365 * 24 * 3600
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
)


class Display(StrEnum):
    """How large and how contrasted a page is shown; kept in a cookie."""

    NORMAL = "normal"
    LARGE = "large"
    """长辈版"""
    CONTRAST = "contrast"
    """高对比"""


class Pages:
    """The pages under one address prefix: "" for citizens, "/console" for staff.

    `banner` is what all staff must know now; empty for nothing.
    """

    def __init__(self, site: Site, *, base: str, banner: Callable[[], str] = str) -> None:
        self.site = site
        self.base = base
        self.assets = Assets(HERE / "static", base=base)
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(
            site=site, base=base, asset=self.assets.url, words=texts, displays=Display, halls=halls, banner=banner
        )
        self._templates.filters.update(blocks=blocks, day=day, moment=moment, weekday=day_text)

    def show(self, request: web.Request, template: str, /, *, status: int = 200, **context: object) -> web.Response:
        """Return a page; never kept by a cache."""
        text = self._templates.get_template(template).render(
            {"staff": None, "display": display(request), "path": request.path, "here": request.raw_path, **context}
        )
        return web.Response(text=text, status=status, content_type="text/html", headers={"Cache-Control": "no-store"})

    def error(self, request: web.Request, status: int) -> web.Response:
        """Return the page that says what went wrong and how to go on."""
        fallback = 500 if status >= web.HTTPInternalServerError.status_code else 400
        title, advice = texts.ERRORS.get(status, texts.ERRORS[fallback])
        return self.show(request, "error.html", status=status, title=title, advice=advice)

    async def choose_display(self, request: web.Request) -> web.Response:
        """Keep the display the reader chose, and lead back to the page it was chosen on."""
        back = request.query.get("back", "")
        response = see_other(back if is_own_path(back, base=self.base) else self.base or "/")
        chosen = request.query.get("mode", "")
        if chosen in set(Display):
            response.set_cookie(
                DISPLAY_COOKIE, chosen, max_age=YEAR, path="/", samesite="Lax", secure=self.site.secure_cookies
            )
        return response

    def protect(self, response: web.StreamResponse) -> None:
        """Set the security headers on a response that has not been sent."""
        response.headers.update(HEADERS)
        if self.site.secure_cookies:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"


def see_other(location: str) -> web.Response:
    """Return the redirect that follows a form."""
    return web.Response(
        status=web.HTTPSeeOther.status_code, headers={"Location": location, "Cache-Control": "no-store"}
    )


def is_own_path(path: str, *, base: str) -> bool:
    """Whether a path leads to a page under `base` here, and nowhere else."""
    if not path.isascii() or not path.isprintable() or "\\" in path:
        return False
    return (path == base or path.startswith(f"{base}/")) and not path.startswith("//")


def display(request: web.Request) -> Display:
    """Return the display the reader chose."""
    chosen = request.cookies.get(DISPLAY_COOKIE, "")
    return Display(chosen) if chosen in set(Display) else Display.NORMAL


def today(now: datetime) -> date:
    """Return the civil date in China."""
    return now.astimezone(SHANGHAI).date()


def day(value: date) -> str:
    """Write a date as people do."""
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime) -> str:
    """Write a moment in Chinese time."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
