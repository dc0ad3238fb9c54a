"""docs/running.md, tried line by line in an empty folder; its files read by their own programs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from collector.config import settings_from

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
    others = {"bordeaux", "milkround", "password"}
    assert named - set(COMMANDS) <= others, "a bank, a role of PostgreSQL, a user of RabbitMQ"
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
