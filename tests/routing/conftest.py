"""What the planner's tests share."""

from pathlib import Path

import pytest

from tests.routing.shell import Writer


@pytest.fixture
def on_disk(tmp_path: Path) -> Writer:
    """Return what writes a file for a command to read."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write
