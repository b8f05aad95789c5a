"""Files that come with a form, or are given back: read from the browser, kept, and handed out as downloads."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from aiohttp import web
from aiohttp.web_request import FileField

from console.forms import cleaned, read_form
from register.enclosures import LARGEST, MOST, TOO_MANY, Enclosure, Enclosures, Purpose, enclosed
from register.form import Fault

LARGEST_FORM = 80 * 1024 * 1024
"""Bytes of a form with its files."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as a browser sent it."""

    purpose: Purpose
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Enclosing:
    """Keeps what was sent with a form; `new_key` gives each file a key that nobody guesses."""

    files: Enclosures
    now: Callable[[], datetime]
    new_key: Callable[[], str]

    async def keep(self, source: str, sent: Sequence[Sent], *, by: str = "citizen") -> list[Fault]:
        """Keep the files that are taken, and return what is wrong with the others, beside the field of each."""
        wrong = []
        for each in sent:
            new = enclosed(each.purpose, each.name, each.content, by=by)
            if isinstance(new, str):
                wrong.append(Fault(f"file-{each.purpose}", new))
            elif await self.files.keep(source, new, key=self.new_key(), at=self.now()) is None:
                sentence = TOO_MANY.format(name=new.name, most=MOST[each.purpose])
                wrong.append(Fault(f"file-{each.purpose}", sentence))
        return wrong

    async def leave_out(self, source: str, values: Mapping[str, str]) -> None:
        """Erase the files of a form whose sender crossed them out."""
        for each in await self.files.kept(source):
            if f"drop-{each.key}" in values:
                await self.files.drop(source, each.key)

    async def names(self, source: str) -> tuple[str, ...]:
        """Return the names of the attachments kept for a form, as they belong into it."""
        return tuple(each.name for each in await self.files.kept(source) if each.purpose is Purpose.ATTACHMENT)

    async def download(self, source: str, key: str) -> web.Response:
        """Return a file as a download; raise HTTPNotFound where there is none of this source, or none any more."""
        content = await self.files.content(source, key)
        if content is None:
            raise web.HTTPNotFound
        known = next(each for each in await self.files.kept(source) if each.key == key)
        return download(content, known.name)

    async def find(self, source: str, key: str) -> Enclosure:
        """Return what is known of a file; raise HTTPNotFound."""
        found = next((each for each in await self.files.kept(source) if each.key == key), None)
        if found is None:
            raise web.HTTPNotFound
        return found


async def read_with_files(
    request: web.Request, purposes: Collection[Purpose]
) -> tuple[Mapping[str, str], Sequence[Sent]]:
    """Return the fields of a posted form, and its files of these purposes.

    Raises HTTPBadRequest, HTTPRequestEntityTooLarge.
    """
    if request.content_type != "multipart/form-data":
        return await read_form(request), ()
    try:
        posted = await request.clone(client_max_size=LARGEST_FORM).post()
    except (ValueError, LookupError) as error:
        raise web.HTTPBadRequest from error
    fields = {name: cleaned(value) for name, value in posted.items() if isinstance(value, str)}
    files = []
    for name, value in posted.items():
        if not isinstance(value, FileField):
            continue
        purpose = name.removeprefix("file-")
        with value.file as file:
            if value.filename and purpose in set(purposes):
                # one byte more tells that it is too large
                files.append(Sent(Purpose(purpose), value.filename, file.read(LARGEST + 1)))
    return fields, files


def download(content: bytes, name: str) -> web.Response:
    """Return a file that the browser saves and never shows in the page's name."""
    return web.Response(
        body=content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"},
    )
