"""The web server and nginx in front of it: https, ciphers, boundaries of requests."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.processes import Processes, free_port
from tests.running.test_running import FILES, LOOPBACK, program

pytestmark = pytest.mark.processes

HEAD = "POST /sign-in HTTP/1.1\r\nHost: milk.example\r\nX-Forwarded-Proto: https\r\n"
"""The beginning of a request, without its length."""


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_port: int) -> Iterator[int]:
    """Milkround behind a proxy, on a port of its own."""
    port = free_port(LOOPBACK, first_port)
    monkeypatch.setenv("MILKROUND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PUBLIC_URL", "https://milk.example")
    monkeypatch.setenv("MILKROUND_PROXIES", "1")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with Processes() as processes:
        processes.start(["serve", "--port", str(port)], log=tmp_path / "web.log")
        processes.wait_for_port(LOOPBACK, port)
        yield port


def certify(folder: Path) -> None:
    """Make a key and a certificate of `milk.example` that signs itself."""
    subject = ("-nodes", "-days", "2", "-subj", "/CN=milk.example")
    files = ("-keyout", str(folder / "key"), "-out", str(folder / "crt"))
    subprocess.run(
        [program("openssl"), "req", "-x509", "-newkey", "rsa:2048", *subject, *files],
        check=True,
        capture_output=True,
    )


def configure_nginx(folder: Path, *, web: int, plain: int, sealed: int) -> Path:
    """Write the configuration of the documentation, with ports and folders of this test."""
    site = (FILES / "nginx.conf").read_text()
    for given, own in (
        ("    listen [::]:80;\n", ""),
        ("    listen [::]:443 ssl http2;\n", ""),
        ("listen 80;", f"listen {LOOPBACK}:{plain};"),
        ("listen 443 ssl http2;", f"listen {LOOPBACK}:{sealed} ssl http2;"),
        ("/etc/ssl/milkround/fullchain.pem", str(folder / "crt")),
        ("/etc/ssl/milkround/privkey.pem", str(folder / "key")),
        ("127.0.0.1:8000", f"127.0.0.1:{web}"),
    ):
        assert given in site
        site = site.replace(given, own)
    folders = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    written = folder / "nginx.conf"
    written.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\n{folders}{site}\n}}\n"
    )
    return written


@pytest.fixture
def proxy(web: int, tmp_path: Path, first_port: int) -> Iterator[int]:
    """The port of nginx in front of Milkround, with https."""
    nginx = program("nginx")
    certify(tmp_path)
    plain, sealed = free_port(LOOPBACK, first_port + 5), free_port(LOOPBACK, first_port + 8)
    written = configure_nginx(tmp_path, web=web, plain=plain, sealed=sealed)
    arguments = [nginx, "-c", str(written), "-e", str(tmp_path / "error.log")]
    subprocess.run([*arguments, "-t"], check=True, capture_output=True)
    running = subprocess.Popen(arguments, stderr=subprocess.DEVNULL)
    try:
        with Processes() as waiting:
            waiting.wait_for_port(LOOPBACK, sealed)
        yield sealed
    finally:
        running.terminate()
        running.wait()


def test_nginx_in_front_serves_the_pages_over_https(proxy: int, tmp_path: Path) -> None:
    trusting = ssl.create_default_context(cafile=tmp_path / "crt")
    trusting.check_hostname = False
    request = urllib.request.Request(
        f"https://{LOOPBACK}:{proxy}/sign-in", headers={"Host": "milk.example"}
    )
    with urllib.request.urlopen(request, context=trusting) as answer:  # noqa: S310 - likewise
        assert answer.status == 200
        assert answer.headers["Strict-Transport-Security"]
        assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])
        assert "Secure" in answer.headers["Set-Cookie"]


def handshake(port: int, folder: Path, **limits: ssl.TLSVersion | str) -> str | None:
    """Return the cipher of a connection within limits; None if the proxy refuses it."""
    context = ssl.create_default_context(cafile=folder / "crt")
    context.check_hostname = False
    if "ciphers" in limits:
        context.set_ciphers(str(limits["ciphers"]))
    context.maximum_version = ssl.TLSVersion(limits.get("most", ssl.TLSVersion.TLSv1_3))
    context.minimum_version = ssl.TLSVersion(limits.get("least", ssl.TLSVersion.TLSv1_2))
    try:
        with (
            socket.create_connection((LOOPBACK, port), timeout=20) as plain,
            context.wrap_socket(plain) as sealed,
        ):
            used = sealed.cipher()
            return used[0] if used else None
    except ssl.SSLError:
        return None


def test_nginx_takes_only_ciphers_with_forward_secrecy(proxy: int, tmp_path: Path) -> None:
    old = {"most": ssl.TLSVersion.TLSv1_2}
    assert (handshake(proxy, tmp_path) or "").startswith("TLS_")
    assert handshake(proxy, tmp_path, **old, ciphers="ECDHE-RSA-AES128-GCM-SHA256")
    for weak in ("AES128-SHA", "AES256-GCM-SHA384", "ECDHE-RSA-AES256-SHA"):
        assert handshake(proxy, tmp_path, **old, ciphers=f"{weak}:@SECLEVEL=0") is None


def answered(port: int, request: str) -> str:
    """Send bytes to the web server; return all that it answers until it closes."""
    with socket.create_connection((LOOPBACK, port), timeout=20) as connection:
        connection.sendall(request.encode())
        found = b""
        while part := connection.recv(65536):
            found += part
    return found.decode("latin-1")


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 4\r\nContent-Length: 40\r\n\r\nabcd",
        "Content-Length: +4\r\n\r\nabcd",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Content-Length : 4\r\n\r\nabcd",
    ],
    ids=["both", "two", "sign", "unknown coding", "space"],
)
def test_a_request_of_two_lengths_is_refused_and_its_rest_is_not_read(
    web: int, lengths: str
) -> None:
    smuggled = "GET /health HTTP/1.1\r\nHost: milk.example\r\n\r\n"
    answer = answered(web, HEAD + lengths + smuggled)
    assert re.match(r"HTTP/1.1 (400|501) ", answer), answer[:200]
    assert answer.count("HTTP/1.1 ") == 1
