"""Where HTTP meets a channel: platform callbacks, the chat API, health and metrics."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic

from aiohttp import web

from bot.channels.webchat import Push, Stream, WebChat, encode
from bot.delivery import Delivery
from bot.errors import InvalidSignature, MalformedMessage, StillWorking, Unavailable
from bot.metrics import Metrics
from bot.ports import Channel
from bot.runtime import Bot
from bot.types import Challenge, Message, Nudge, Reply, User

WITHIN = 4.5
"""Seconds an answer may take: the platforms cut the connection at 5."""
HOLD = 1.0
"""Seconds that a request is held open beyond `WITHIN` when the platform is to deliver again."""
LARGEST = 256 * 1024
"""Bytes of one request; create the application with `client_max_size=LARGEST`."""
HEARTBEAT = 15.0
"""Seconds of silence after which a stream gets a comment: proxies close what is silent for long."""
GLANCE = 60.0
"""Seconds between two looks into the outbox for one connected page, in case `OpenPages` missed something for it."""

Probe = Callable[[], Awaitable[str]]
"""Returns what is wrong, or an empty string."""


@dataclass(frozen=True, slots=True)
class Edge:
    """The HTTP routes of all channels."""

    bot: Bot
    platforms: Mapping[str, Channel]
    """Channels called back by a platform, by the rest of their path ("wechat/main")."""
    webchat: WebChat
    delivery: Delivery
    metrics: Metrics
    probes: Mapping[str, Probe]
    """Parts without which the bot cannot serve."""
    remarks: Mapping[str, Probe]
    """Parts whose trouble an operator should see, while the bot goes on serving."""
    alarms: Mapping[str, Probe] = field(default_factory=dict)
    """Parts whose trouble somebody must end: the bot goes on serving, and says that it is degraded."""
    allow: Callable[[web.Request], bool] = lambda _request: True
    """Whether the address that a visitor comes from may ask once more."""
    crowded: str = ""
    """What a visitor is told who may not."""
    wake: Callable[[str, Nudge], None] = lambda _channel, _nudge: None
    """Is told that a channel's messages are to be fetched."""
    within: float = WITHIN
    hold: float = HOLD
    heartbeat: float = HEARTBEAT
    glance: float = GLANCE

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return every route that is not a page."""
        return [
            web.route("*", "/channels/{kind}/{name}", self.callback),
            web.post("/api/chat", self.chat),
            web.get("/api/chat/events", self.events),
            web.get("/healthz", self.alive),
            web.get("/readyz", self.ready),
            web.get("/metrics", self.numbers),
        ]

    async def callback(self, request: web.Request) -> web.Response:
        """Answer a platform: 403 for what it did not sign, 400 for what is no message, else its reply."""
        channel = self.platforms.get(f"{request.match_info['kind']}/{request.match_info['name']}")
        if channel is None or request.method not in {"GET", "POST"}:
            self.metrics.refused("unknown", "not_found")
            return web.Response(status=404)
        body = await request.read()
        try:
            message = channel.receive(request.query, body)
        except InvalidSignature:
            self.metrics.refused(channel.name, "signature")
            return web.Response(status=403)
        except MalformedMessage:
            self.metrics.refused(channel.name, "malformed")
            return web.Response(status=400)
        if isinstance(message, Challenge):
            return web.Response(text=message.echo)
        if isinstance(message, Nudge):
            self.wake(channel.name, message)
            return web.Response(text="success")
        return await self._reply(channel, message)

    async def _reply(self, channel: Channel, message: Message) -> web.Response:
        until = monotonic() + self.within + self.hold
        try:
            reply = await self.bot.receive(channel, message, within=self.within)
        except (StillWorking, Unavailable) as error:
            if isinstance(error, Unavailable):
                self.metrics.refused(channel.name, "unavailable")
            # the platform surely delivers again only when its own 5 seconds run out
            await asyncio.sleep(until - monotonic())
            return web.Response(status=503)
        content, content_type = channel.in_band(message, reply)
        return web.Response(body=content, content_type=content_type, charset="utf-8")

    async def chat(self, request: web.Request) -> web.Response:
        """Answer one question of a web visitor."""
        if not self.allow(request):
            return self._too_many()
        body = await request.read()
        try:
            message = self.webchat.receive(request.query, body)
        except InvalidSignature as error:
            return _refusal(403, "refused_token", str(error))
        except MalformedMessage as error:
            return _refusal(400, "refused_malformed", str(error))
        reply = await self.bot.receive(self.webchat, message, within=self.within)
        failed = reply is not None and reply.status == "error_unavailable"
        return web.Response(body=encode(reply), content_type="application/json", status=503 if failed else 200)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream what comes later to a web visitor: staff answers and late replies."""
        if not self.allow(request):
            return self._too_many()
        try:
            user = self.webchat.user(request.query.get("user"))
        except InvalidSignature as error:
            return _refusal(403, "refused_token", str(error))
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        await response.prepare(request)
        stream = self.webchat.connect(user)
        # the page was closed: what it did not get is held for its next visit
        with contextlib.suppress(ConnectionError):
            await self._write_pushes(user, stream, response)
        return response

    def _too_many(self) -> web.Response:
        self.metrics.refused(self.webchat.name, "rate")
        return _refusal(429, "refused_rate", self.crowded)

    async def _write_pushes(self, user: User, stream: Stream, response: web.StreamResponse) -> None:
        """Write each push as one event until the stream is closed; a silent stream gets a comment now and then."""
        waiting = asyncio.create_task(self._deliver_to(user))
        try:
            silent = 0.0
            while True:
                try:
                    push = await asyncio.wait_for(stream.get(), self.glance)
                except TimeoutError:
                    silent += self.glance
                    if silent >= self.heartbeat:
                        silent = 0.0
                        await response.write(b": \n\n")
                    if waiting.done():
                        waiting = asyncio.create_task(self._deliver_to(user))
                    continue
                if push is None:
                    return
                if push.take():
                    await _write(push, response)
        finally:
            # what is still being pushed is refused, and held again
            self.webchat.disconnect(user, stream)
            await waiting

    async def _deliver_to(self, user: User) -> None:
        # an outbox that cannot serve now is asked again at the next glance
        with contextlib.suppress(Unavailable):
            await self.delivery.deliver_to(user)

    async def alive(self, _request: web.Request) -> web.Response:
        """Answer 200 while the process serves at all."""
        return web.json_response({"status": "ok"})

    async def ready(self, _request: web.Request) -> web.Response:
        """Answer 200 when every needed part works, else 503; the body names each part and what is wrong with it."""
        needed, alarmed, told = [await _asked(parts) for parts in (self.probes, self.alarms, self.remarks)]
        wrong = any(needed.values())
        status = "unready" if wrong else "degraded" if any(alarmed.values()) else "ok"
        parts = {name: trouble or "ok" for name, trouble in (needed | alarmed | told).items()}
        content = json.dumps({"status": status, "parts": parts}, ensure_ascii=False)
        return web.json_response(text=content, status=503 if wrong else 200)

    async def numbers(self, _request: web.Request) -> web.Response:
        """Return the metrics in Prometheus' text format."""
        return web.Response(body=self.metrics.expose(), headers={"Content-Type": self.metrics.content_type})


async def _asked(parts: Mapping[str, Probe]) -> dict[str, str]:
    return {name: await probe() for name, probe in parts.items()}


async def _write(push: Push, response: web.StreamResponse) -> None:
    try:
        await response.write(b"data: " + encode(Reply(push.text, "answered_late")) + b"\n\n")
    except ConnectionError:
        push.refuse()
        raise
    push.accept()


def _refusal(status: int, word: str, text: str) -> web.Response:
    return web.Response(body=encode(Reply(text, word)), content_type="application/json", status=status)
