"""docs/running.md, tried line by line in an empty folder; its files read by their own programs."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.config import settings_from
from collector.processes import Processes, free_port

ROOT = Path(__file__).parents[2]
FILES = ROOT / "docs" / "running"
PAGE = (ROOT / "docs" / "running.md").read_text("utf-8")
BIN = Path(sys.executable).parent
LOOPBACK = "127.0.0.1"
pytestmark = pytest.mark.processes


def program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/bin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def test_every_tried_line_runs_in_an_empty_folder(tmp_path: Path) -> None:
    blocks = re.findall(r"```sh tried\n(.*?)```", PAGE, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert len(lines) >= 12
    environ = {"PATH": f"{BIN}:/usr/bin:/bin", "MILKROUND_HOME": str(tmp_path / "home")}
    for line in lines:
        ran = subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, (line, ran.stdout, ran.stderr)
    assert '"code": "database_fine"' in (tmp_path / "health.json").read_text()


def test_every_command_of_the_page_exists_with_its_options() -> None:
    from collector.cli import COMMANDS  # noqa: PLC0415 - the names only

    named = set(re.findall(r"milkround ([a-z]+)(?= |`|$)", PAGE, flags=re.MULTILINE))
    assert named - set(COMMANDS) <= {"bordeaux", "milkround"}, "a bank, a role of PostgreSQL"
    assert {"backup", "restore", "doctor", "key", "compact", "metrics", "audit"} <= named


def test_the_environment_of_the_page_is_accepted(tmp_path: Path) -> None:
    lines = (FILES / "environment").read_text().splitlines()
    pairs = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    present = settings_from(pairs | {"MILKROUND_HOME": str(tmp_path)})
    assert present.behind_proxies == 1
    assert present.secure_cookies
    assert present.upkeep.backups is not None


@pytest.mark.parametrize("unit", sorted(path.name for path in FILES.glob("*.service")))
def test_a_unit_is_valid(unit: str, tmp_path: Path) -> None:
    """`systemd-analyze verify` wants the programs, so they stand at a place of the test."""
    verify = program("systemd-analyze")
    text = (FILES / unit).read_text().replace("/opt/milkround/bin/milkround", "/bin/true")
    environment = tmp_path / "environment"
    environment.touch()
    (tmp_path / unit).write_text(text.replace("/etc/milkround/environment", str(environment)))
    ran = subprocess.run(
        [verify, "verify", "--man=no", str(tmp_path / unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in ran.stderr.splitlines() if unit in line]
    assert told == []
    assert ran.returncode == 0, ran.stderr


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


def test_the_caddyfile_is_valid() -> None:
    ran = subprocess.run(
        [
            program("caddy"),
            "validate",
            "--adapter",
            "caddyfile",
            "--config",
            str(FILES / "Caddyfile"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
