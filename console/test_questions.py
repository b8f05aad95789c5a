"""Saved test questions: what must be answered from which document, and what must not be answered."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from console import texts
from console.auth import Staff
from console.choice import Choice, choice
from console.forms import NOTHING, Typed, cleaned, read_form
from console.pages import Pages, is_own_path, see_other
from console.ports import Role
from console.rooms import Room
from knowledge.ports import DocumentStore, Generations, Trials
from knowledge.types import Document
from knowledge.upkeep import Trial, TrialChange, TrialReport

LOG = logging.getLogger(__name__)
LONGEST = 200
MAY_REMOVE = frozenset({Role.EDITOR, Role.PUBLISHER})


@dataclass(frozen=True, slots=True)
class Row:
    """A test question with the documents it names, and how it went if it was run."""

    trial: Trial
    document: Document | None
    change: TrialChange | None
    found: Document | None


@dataclass(frozen=True, slots=True)
class TestQuestionViews:
    """The page of the test questions."""

    __test__ = False

    pages: Pages
    trials: Trials
    documents: DocumentStore
    generations: Generations

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the test questions; with `run=1` also how each of them goes now."""
        return await self._page(request, staff, NOTHING, Choice())

    async def add(self, request: web.Request, staff: Staff) -> web.Response:
        """Keep a test question; where it is unclear which document is meant, the candidates are shown."""
        form = await read_form(request)
        question, note = " ".join(form.get("question", "").split()), form.get("note", "").strip()
        none_may, wanted = form.get("none") == "yes", form.get("document", "").strip()
        meant = Choice() if none_may else await choice(self.documents, wanted)
        message = _trouble(question, note, meant, none_may=none_may)
        if message:
            return await self._page(request, staff, Typed(message, "trial", form), meant)
        await self.trials.put(question, meant.one.id if meant.one else "", by=staff.name, note=note)
        return see_other(self._back(form))

    async def remove(self, request: web.Request, staff: Staff) -> web.Response:
        """Drop a test question; one that is gone already is no trouble."""
        LOG.info("%s removes a test question", staff.name)
        await self.trials.remove((await read_form(request)).get("question", ""))
        return see_other(f"{self.pages.base}{Room.TEST_QUESTIONS}?done=removed")

    def _back(self, form: Mapping[str, str]) -> str:
        back = form.get("back", "")
        if back and is_own_path(back, base=self.pages.base):
            return f"{back}{'&' if '?' in back else '?'}done=saved"
        return f"{self.pages.base}{Room.TEST_QUESTIONS}?done=saved"

    async def _page(self, request: web.Request, staff: Staff, typed: Typed, meant: Choice) -> web.Response:
        trials = await self.trials.all()
        run = request.query.get("run") == "1"
        report = await self.generations.run_trials() if run else TrialReport()
        asked = {name: cleaned(request.query.get(name, ""))[:LONGEST] for name in ("question", "document")}
        return self.pages.show(
            request,
            "test_questions.html",
            status=typed.status,
            here=f"{self.pages.base}{Room.TEST_QUESTIONS}",
            staff=staff,
            rows=await self._rows(trials, report),
            report=report,
            run=run,
            may_remove=staff.role in MAY_REMOVE,
            typed=typed,
            meant=meant,
            asked=asked,
            done=texts.TRIAL_DONE.get(request.query.get("done", ""), ""),
        )

    async def _rows(self, trials: Sequence[Trial], report: TrialReport) -> tuple[Row, ...]:
        changes = {change.after.question: change for change in report.changes}
        known: dict[str, Document | None] = {"": None}
        rows = []
        for trial in trials:
            change = changes.get(trial.question)
            for wanted in (trial.document, change.after.found if change else ""):
                if wanted not in known:
                    known[wanted] = await self.documents.get(wanted)
            rows.append(Row(trial, known[trial.document], change, known[change.after.found] if change else None))
        return tuple(rows)


def _trouble(question: str, note: str, meant: Choice, *, none_may: bool) -> str:
    if not question:
        return texts.NO_QUESTION
    if max(len(question), len(note)) > LONGEST:
        return texts.TOO_LONG.format(limit=LONGEST, length=max(len(question), len(note)))
    if none_may or meant.one:
        return ""
    return texts.WHICH_DOCUMENT if meant.total else texts.NO_DOCUMENT
