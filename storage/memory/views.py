"""The saved views of the queue in memory."""

from collections.abc import Sequence

from console.ports import SavedView


class MemorySavedViews:
    """Keeps the views that staff have saved."""

    def __init__(self) -> None:
        self._views: dict[tuple[str, str], SavedView] = {}

    async def keep(self, view: SavedView) -> None:
        """Keep a view, in place of an earlier one of the same owner and name."""
        self._views[view.owner, view.name] = view

    async def of(self, owner: str) -> Sequence[SavedView]:
        """Return somebody's views, in order of name."""
        return tuple(view for key, view in sorted(self._views.items()) if key[0] == owner)

    async def drop(self, owner: str, name: str) -> None:
        """Drop a view; one that is gone already is no trouble."""
        self._views.pop((owner, name), None)
