import pytest
from aiohttp.test_utils import make_mocked_request
from aiohttp.web import Request

from console.site import Site


class Transport:
    """A connection from one address."""

    def __init__(self, peer: str) -> None:
        self._peer = peer

    def get_extra_info(self, name: str, default: object = None) -> object:
        return (self._peer, 1) if name == "peername" else default


def request(peer: str, *forwarded: str) -> Request:
    headers = {"Host": "office.example", **({"X-Forwarded-For": ", ".join(forwarded)} if forwarded else {})}
    return make_mocked_request("GET", "/", headers=headers, transport=Transport(peer))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", (), "203.0.113.9"),
        ("203.0.113.9", ("198.51.100.1",), "203.0.113.9"),
        ("127.0.0.1", ("198.51.100.1",), "198.51.100.1"),
        ("127.0.0.1", ("1.2.3.4", "198.51.100.1", "10.1.2.3"), "198.51.100.1"),
        ("127.0.0.1", ("198.51.100.1", "made up"), "made up"),
        ("127.0.0.1", (), "127.0.0.1"),
        ("127.0.0.1", ("10.1.1.1", "10.1.1.2"), "10.1.1.1"),
    ],
)
def test_the_client_is_the_last_address_that_is_no_trusted_proxy(
    peer: str, forwarded: tuple[str, ...], client: str
) -> None:
    site = Site("办公室", trusted_proxies=("127.0.0.1", "10.0.0.0/8"))
    assert site.client(request(peer, *forwarded)) == client


def test_without_trusted_proxies_the_header_is_not_believed() -> None:
    assert Site("办公室").client(request("127.0.0.1", "198.51.100.1")) == "127.0.0.1"


@pytest.mark.parametrize(
    ("address", "visitor"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("unknown", "unknown"),
    ],
)
def test_a_household_counts_as_one_visitor(address: str, visitor: str) -> None:
    site = Site("办公室", trusted_proxies=("127.0.0.1",))
    assert site.visitor(request("127.0.0.1", address)) == visitor


def test_links_are_https_where_cookies_are_secure() -> None:
    assert Site("办公室").origin(request("127.0.0.1")) == "https://office.example"
    assert Site("办公室", secure_cookies=False).origin(request("127.0.0.1")) == "http://office.example"
