"""The docs tell the truth: links lead somewhere, settings and policies are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collector.banks.models import Jurisdiction
from collector.banks.policies import PRESETS, PolicyKey

ROOT = Path(__file__).parent.parent
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
COLUMNS = [
    Jurisdiction.FRANCE,
    Jurisdiction.UNITED_KINGDOM,
    Jurisdiction.BRAZIL,
    Jurisdiction.UNITED_STATES,
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_picture_is_there(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)", text) + re.findall(r'src="([^"]+)"', text)
    for target in targets:
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_variable_the_settings_read_is_explained() -> None:
    source = (ROOT / "collector" / "config.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"((?:MILKROUND_)?[A-Z]+_[A-Z_]+|DATABASE_URL)"', source))
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert read >= {"MILKROUND_HOME", "DATABASE_URL", "SECRET_KEY", "PUBLIC_URL"}
    assert {name for name in read if f"`{name}`" not in page} == set()


def test_every_preset_is_told_as_it_is() -> None:
    page = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", page, flags=re.MULTILINE))
    assert set(rows) == {key.value for key in PolicyKey}
    for key, cells in rows.items():
        told = cells.split(" | ")[: len(COLUMNS)]
        for jurisdiction, cell in zip(COLUMNS, told, strict=True):
            preset = next(each for each in PRESETS[jurisdiction] if each.key == key)
            assert cell == f"{preset.value}{' ✓' if preset.verified_on else ''}"


def test_every_decision_is_listed() -> None:
    listed = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    for page in (ROOT / "docs" / "adr").glob("0*.md"):
        assert page.name in listed
