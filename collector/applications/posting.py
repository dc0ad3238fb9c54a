"""Posting to an address outside and fetching from one, which may be any that a person typed.

The name is resolved once, and the connection goes to the address that was judged: a name that
changes its address in between reaches nothing else. Private addresses are refused unless the
installation permits their network. A redirect is not followed.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from collector.applications.delivery import Posted

CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 10
MOST_BYTES: Final = 1024
"""The part of an answer that is read: nothing in it is used."""

NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses that a gateway translates to IPv4 (RFC 6052)."""

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A fetched content, or the code of the failure."""

    content: bytes = b""
    fault: str = ""


class HttpPoster:
    """Posting and fetching over HTTP.

    Parameters
    ----------
    networks
        Private networks that are permitted, also without TLS, as `10.0.0.0/8`.
    """

    def __init__(self, networks: Iterable[str] = ()) -> None:
        self._networks: tuple[IpNetwork, ...] = tuple(map(ipaddress.ip_network, networks))

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Posted:
        """Post a body once.

        Returns
        -------
        Posted
            With `name_unknown`, `address_refused`, `no_connection` or `tls_needed` as fault.
        """
        answer = self._asked("POST", url, body=body, headers=headers, most=MOST_BYTES)
        return Posted(fault=answer) if isinstance(answer, str) else Posted(status=answer[0])

    def fetch(self, url: str, *, most: int) -> Fetched:
        """Fetch an address once; more than `most` bytes are refused.

        Returns
        -------
        Fetched
            With `too_large`, `answer_refused` or a fault of `post`.
        """
        headers = {"Accept": "text/calendar", "User-Agent": "Milkround"}
        answer = self._asked("GET", url, body=None, headers=headers, most=most + 1)
        if isinstance(answer, str):
            return Fetched(fault=answer)
        status, content = answer
        if status != HTTPStatus.OK:
            return Fetched(fault="answer_refused")
        return Fetched(content=content) if len(content) <= most else Fetched(fault="too_large")

    def _asked(
        self, method: str, url: str, *, body: bytes | None, headers: dict[str, str], most: int
    ) -> tuple[int, bytes] | str:
        """Return the status and the begin of an answer, or the code of the failure."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        try:
            address = self._judged(host, port)
        except OSError:
            return "name_unknown"
        if address is None:
            return "address_refused"
        if not secure and not self._is_permitted(address):
            return "tls_needed"
        target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        try:
            with _pool(host, str(address), port, secure=secure) as pool:
                answer = pool.urlopen(
                    method,
                    target,
                    body=body,
                    headers=headers | {"Host": parts.netloc},
                    redirect=False,
                    retries=False,
                    preload_content=False,
                )
                content = answer.read(most)
                answer.close()
        except (HTTPError, OSError):
            return "no_connection"
        return answer.status, content

    def _judged(self, host: str, port: int) -> IpAddress | None:
        """Return the first address of a name, if all of its addresses are permitted."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
        if not addresses or not all(map(self._may_reach, addresses)):
            return None
        return addresses[0]

    def _may_reach(self, address: IpAddress) -> bool:
        return (_plain(address).is_global and not address.is_multicast) or self._is_permitted(
            address
        )

    def _is_permitted(self, address: IpAddress) -> bool:
        plain = _plain(address)
        return any(plain in network for network in self._networks)


def _plain(address: IpAddress) -> IpAddress:
    """Return the IPv4 address that a router finds in an IPv6 one, as in `::ffff:10.0.0.1`."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _pool(host: str, address: str, port: int, *, secure: bool) -> urllib3.HTTPConnectionPool:
    """Return a connection to an address; its certificate must be the name's."""
    patience = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    if not secure:
        return urllib3.HTTPConnectionPool(address, port, timeout=patience, maxsize=1)
    return urllib3.HTTPSConnectionPool(
        address,
        port,
        timeout=patience,
        maxsize=1,
        server_hostname=host,
        assert_hostname=host,
        ssl_context=ssl.create_default_context(),
    )
