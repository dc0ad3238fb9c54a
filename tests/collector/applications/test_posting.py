"""Which addresses a webhook may reach, and that a name is resolved once."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from collector.applications import posting
from collector.applications.delivery import Posted
from collector.applications.posting import HttpPoster
from tests.collector.applications.receiver import receiving


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name resolve to these addresses; the returned list gets the names asked for."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *_rest: object, **_options: object) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    monkeypatch.setattr(posting.socket, "getaddrinfo", getaddrinfo)
    return asked


PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",  # noqa: S104
    "100.64.0.1", "224.0.0.1", "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
    "64:ff9b::a00:1", "2002:a00:1::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    resolve_to(monkeypatch, address)
    assert HttpPoster().post("https://a.example/", b"", {}) == Posted(fault="address_refused")


def test_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "93.184.216.34", "10.0.0.1")
    assert HttpPoster().post("https://a.example/", b"", {}).fault == "address_refused"


def test_outside_permitted_networks_tls_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "93.184.216.34")
    assert HttpPoster().post("http://a.example/", b"", {}) == Posted(fault="tls_needed")


def test_a_name_is_resolved_once_and_the_judged_address_is_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with receiving() as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        asked = resolve_to(monkeypatch, "127.0.0.1")
        made: list[str] = []
        pool = posting.urllib3.HTTPConnectionPool

        def noting(host: str, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
            made.append(host)
            return pool(host, *arguments, **options)

        monkeypatch.setattr(posting.urllib3, "HTTPConnectionPool", noting)
        posted = HttpPoster(["127.0.0.0/8"]).post(f"http://a.example:{port}/milk", b"{}", {})
        assert posted == Posted(status=204)
        assert made == ["127.0.0.1"]
        assert asked.count("a.example") == 1
        assert receiver.requests[0][0]["Host"] == f"a.example:{port}"


def test_a_server_that_is_not_there_is_a_failure() -> None:
    with receiving() as receiver:
        url = receiver.url
    assert HttpPoster(["127.0.0.0/8"]).post(url, b"", {}) == Posted(fault="no_connection")


def test_a_name_that_nobody_knows_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_arguments: object, **_options: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(posting.socket, "getaddrinfo", unknown)
    assert HttpPoster().post("https://nowhere.example/", b"", {}) == Posted(fault="name_unknown")


def test_the_certificate_must_be_the_names(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        resolve_to(monkeypatch, "127.0.0.1")
        poster = HttpPoster(["127.0.0.0/8"])
        assert poster.post(f"https://a.example:{port}/", b"", {}).fault == "no_connection"
