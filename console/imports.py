"""Import in the browser: files come up, a dry run tells what would happen, and the editor confirms."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from aiohttp import web

from bot.errors import BotError
from console import texts
from console.auth import Staff
from console.batch import RUNNING, Batch, Phase
from console.forms import NOTHING, Typed, read_form
from console.pages import Pages, see_other
from console.rooms import Room
from console.uploads import LARGEST, LARGEST_ALL, MOST_FILES, Unacceptable, Upload, Uploads
from knowledge.errors import KnowledgeError
from knowledge.origins import Origin
from knowledge.types import ImportRow, Outcome

LOG = logging.getLogger(__name__)
AT_ONCE = 1.5
"""Seconds that a page waits for a short import, so that the result is there at once."""
BEAT = 1.0
"""Seconds between two signs of life."""
MEGABYTE = 1024 * 1024


class Importing(Protocol):
    """Brings files into the knowledge base."""

    async def run(
        self,
        paths: Sequence[Path],
        *,
        by: str,
        draft: bool = False,
        dry_run: bool = False,
        prune: bool = False,
        origin: Callable[[Path], Origin],
        progress: Callable[[int, int, str], None] | None = None,
    ) -> tuple[ImportRow, ...]:
        """Return what happened to every file and record, and to what a source no longer has: it goes with `prune`.

        `origin` says of which source each file is; `progress` is told how many files of how many are done.
        """


@dataclass(slots=True)
class ImportViews:
    """Views of the imports of the one who looks; `importer` makes one for today."""

    pages: Pages
    uploads: Uploads
    importer: Callable[[], Importing]
    now: Callable[[], datetime]
    _tasks: set[asyncio.Task[None]] = field(init=False, default_factory=set)

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the form, and the own imports that are not swept away yet."""
        return await self._form(request, staff, NOTHING)

    async def send(self, request: web.Request, staff: Staff) -> web.Response:
        """Take the files and begin the dry run."""
        upload = await self.uploads.receive(request, csrf=staff.csrf)
        if isinstance(upload, Unacceptable):
            words = texts.UNACCEPTABLE[upload].format(
                files=self.uploads.most_files,
                each=self.uploads.largest // MEGABYTE,
                all=self.uploads.largest_all // MEGABYTE,
            )
            status = 403 if upload is Unacceptable.FORGED else 422
            return await self._form(request, staff, Typed(words, status=status))
        await self._begin(upload, Batch(by=staff.name, at=self.now(), phase=Phase.READING))
        return self._to(upload)

    async def follow(self, request: web.Request, staff: Staff) -> web.Response:
        """Show how far an import is, or what came of it."""
        return await self._page(request, staff, *await self._own(request, staff), NOTHING)

    async def confirm(self, request: web.Request, staff: Staff) -> web.Response:
        """Bring the texts as drafts, and take down what is gone where that was ticked; twice is no trouble."""
        upload, batch = await self._own(request, staff)
        if batch.phase is Phase.READY:
            prune = (await read_form(request)).get("prune", "") == "1"
            await self._begin(upload, replace(batch, at=self.now(), phase=Phase.STORING, done=0, prune=prune))
        elif batch.phase is Phase.FAILED:
            return await self._page(request, staff, upload, batch, Typed(texts.IMPORT_BROKEN_OFF, status=409))
        return self._to(upload)

    async def cancel(self, request: web.Request, staff: Staff) -> web.Response:
        """Throw the files away; what is being stored is stored to the end."""
        upload, batch = await self._own(request, staff)
        if batch.phase is Phase.STORING:
            return await self._page(request, staff, upload, batch, Typed(texts.IMPORT_UNDER_WAY, status=409))
        await asyncio.to_thread(self.uploads.drop, upload)
        return see_other(f"{self.pages.base}{Room.IMPORTS}?done=cancelled")

    async def close(self, _app: web.Application) -> None:
        """Break off what is under way when the server stops."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _to(self, upload: Upload) -> web.Response:
        return see_other(f"{self.pages.base}{Room.IMPORTS}/{upload.token}")

    async def _own(self, request: web.Request, staff: Staff) -> tuple[Upload, Batch]:
        upload = self.uploads.find(request.match_info["token"])
        batch = await asyncio.to_thread(Batch.load, upload.folder) if upload else None
        if upload is None or batch is None or batch.by != staff.name:
            raise web.HTTPNotFound
        return upload, batch.now(self.now())

    async def _begin(self, upload: Upload, batch: Batch) -> None:
        await asyncio.to_thread(batch.save, upload.folder)
        task = asyncio.create_task(self._run(upload, batch))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.wait({task}, timeout=AT_ONCE)

    async def _run(self, upload: Upload, batch: Batch) -> None:
        """Import, with a sign of life now and then; leave the outcome beside the files."""
        far = (0, 0)

        def note(done: int, total: int, _name: str) -> None:
            nonlocal far
            far = (done, total)

        dry_run = batch.phase is Phase.READING
        run = partial(self.importer().run, by=batch.by, draft=True, dry_run=dry_run, prune=batch.prune)
        work = asyncio.create_task(run(upload.files, origin=upload.origin, progress=note))
        try:
            while not (await asyncio.wait({work}, timeout=BEAT))[0]:
                state = replace(batch, at=self.now(), done=far[0], total=far[1])
                await asyncio.to_thread(state.save, upload.folder)
            rows = await work
        except (BotError, KnowledgeError, OSError):
            LOG.exception("an import broke off")
            ended = replace(batch, at=self.now(), phase=Phase.FAILED)
        else:
            ended = replace(batch, at=self.now(), phase=Phase.READY if dry_run else Phase.DONE)
            ended = await asyncio.to_thread(ended.ended, rows, upload.folder)
        finally:
            work.cancel()
        await asyncio.to_thread(_end, upload, ended)

    async def _form(self, request: web.Request, staff: Staff, typed: Typed) -> web.Response:
        return self.pages.show(
            request,
            "imports.html",
            status=typed.status,
            here=f"{self.pages.base}{Room.IMPORTS}",
            staff=staff,
            typed=typed,
            waiting=await asyncio.to_thread(self._waiting, staff.name),
            phases=Phase,
            files=MOST_FILES,
            each=LARGEST // MEGABYTE,
            altogether=LARGEST_ALL // MEGABYTE,
            done=texts.IMPORT_DONE.get(request.query.get("done", ""), ""),
        )

    def _waiting(self, name: str) -> list[tuple[Upload, Batch]]:
        """Return the imports of one person, the latest first."""
        kept = ((upload, Batch.load(upload.folder)) for upload in self.uploads.all())
        own = [(upload, batch.now(self.now())) for upload, batch in kept if batch and batch.by == name]
        return sorted(own, key=lambda pair: pair[1].at, reverse=True)

    async def _page(
        self, request: web.Request, staff: Staff, upload: Upload, batch: Batch, typed: Typed
    ) -> web.Response:
        return self.pages.show(
            request,
            "import.html",
            status=typed.status,
            here=f"{self.pages.base}{Room.IMPORTS}/{upload.token}",
            staff=staff,
            token=upload.token,
            batch=batch,
            running=batch.phase in RUNNING,
            phases=Phase,
            outcomes=Outcome,
            typed=typed,
        )


def _end(upload: Upload, batch: Batch) -> None:
    """Keep the outcome; files that are not needed any more go."""
    if not upload.folder.is_dir():
        return
    batch.save(upload.folder)
    if batch.phase is Phase.DONE:
        upload.empty()
