"""What the web pages need to know about the office and the machine they run on."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Site:
    """The office's name and hotline as printed on the pages, and how browsers reach the server.

    `secure_cookies` is for everything but plain HTTP on one's own machine. `trusted_proxies` are addresses or networks
    ("127.0.0.1", "10.0.0.0/8") whose X-Forwarded-For is believed.
    """

    office_name: str
    hotline: str = ""
    secure_cookies: bool = True
    trusted_proxies: tuple[str, ...] = ()
    takes_requests: bool = False
    """Whether formal requests are taken on the pages."""
    inquiry_days: int = 180
    """How long whose an inquiry was is kept after its answer."""
    identity_days: int = 365
    """How long the image of an identity document is kept after the end of its request."""

    def client(self, request: web.Request) -> str:
        """Return the address of the browser: the last one in the chain that is not a trusted proxy."""
        networks = [ip_network(proxy, strict=False) for proxy in self.trusted_proxies]
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", ()))
        chain = [part.strip() for part in forwarded.split(",") if part.strip()]
        hops = [*chain, request.remote or ""]
        while len(hops) > 1 and _within(hops[-1], networks):
            hops.pop()
        return hops[-1]

    def visitor(self, request: web.Request) -> str:
        """Return what is counted as one visitor: an IPv4 address, or the /64 network that a household has in IPv6."""
        address = self.client(request)
        parsed = _parse(address)
        if isinstance(parsed, IPv6Address):
            mapped = parsed.ipv4_mapped
            return str(mapped or IPv6Network((parsed, 64), strict=False))
        return address

    def origin(self, request: web.Request) -> str:
        """Return scheme and host as the browser sees them, for links that are copied elsewhere."""
        return f"{'https' if self.secure_cookies else request.scheme}://{request.host}"


def _within(address: str, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in networks)


def _parse(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
