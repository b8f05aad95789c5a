"""The stylesheets and scripts, held in memory and named by what is in them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from aiohttp import web

TYPES: Mapping[str, str] = MappingProxyType(
    {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"},
)
YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    content_type: str
    version: str


class Assets:
    """Serves the files of one folder under `base`/static/."""

    def __init__(self, folder: Path, *, base: str) -> None:
        self._base = base
        self._files = {path.name: _asset(path) for path in sorted(folder.iterdir()) if path.suffix in TYPES}

    def url(self, name: str) -> str:
        """Return the address of a file, which changes whenever the file does."""
        return f"{self._base}/static/{name}?v={self._files[name].version}"

    async def serve(self, request: web.Request) -> web.Response:
        """Send a file; raise HTTPNotFound."""
        asset = self._files.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        current = request.query.get("v") == asset.version
        return web.Response(
            body=asset.body,
            content_type=asset.content_type,
            charset="utf-8",
            headers={"Cache-Control": YEAR if current else "no-cache"},
        )


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body, TYPES[path.suffix], hashlib.sha256(body).hexdigest()[:12])
