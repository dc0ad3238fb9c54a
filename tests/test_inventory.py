"""The page of data, keys and logs against the schema, the settings and the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from collector.db import Base
from collector.models import EVERY_MODULE
from tests.collector.privacy.text_columns import HARMLESS, HASHED, PLANTED

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/security/inventory.md").read_text("utf-8")
LOGGED = {"info", "warning", "error", "exception", "critical"}


def tables_of(level: str) -> list[str]:
    """Return the tables of a level, from the second table of the page."""
    (row,) = re.findall(rf"^\| {level} \| (`.*`) \|$", PAGE, flags=re.MULTILINE)
    return re.findall(r"`(\w+)`", row)


def test_each_table_of_the_schema_has_one_level() -> None:
    assert EVERY_MODULE
    levels = ("health", "secret", "trace", "staff", "bank")
    named = sorted(name for level in levels for name in tables_of(level))
    assert named == sorted(Base.metadata.tables)


def test_a_table_with_the_words_of_a_donor_is_of_health_or_of_the_trace_of_milk() -> None:
    tables = {column.partition(".")[0] for column in PLANTED}
    assert tables <= {*tables_of("health"), *tables_of("trace")}


def test_a_table_with_the_digest_of_a_proof_is_secret() -> None:
    proofs = re.compile(r"(token_hash|code_hash|pin_hash|sealed\w*)$")
    columns = {*HARMLESS, *PLANTED}
    tables = {name.partition(".")[0] for name in columns if proofs.search(name)}
    assert len(tables) > 5
    assert tables <= {*tables_of("secret")}
    assert HASHED in HARMLESS.values()


def test_each_kept_key_of_the_settings_is_described() -> None:
    settings = (ROOT / "docs/settings.md").read_text("utf-8")
    kept = re.findall(r"^\| `(\w*KEYS?)` \|", settings, flags=re.MULTILINE)
    assert {"SECRET_KEY", "MILKROUND_AUDIT_KEY", "MILKROUND_BACKUP_KEYS"} <= {*kept}
    assert [name for name in kept if f"| `{name}` |" not in PAGE] == []


def written_lines() -> Iterator[str]:
    """Give the beginning of each line that the code logs."""
    for path in (ROOT / "collector").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner, name = ast.unparse(node.func.value), node.func.attr
                first = node.args[0] if node.args else None
                if owner == "log" and name in LOGGED and isinstance(first, ast.Constant):
                    yield str(first.value)


def test_each_line_of_the_logs_is_listed() -> None:
    logs = PAGE.partition("## Logs")[2]
    begins = tuple(
        begin
        for row in re.findall(r"^\| (`.*`) \|", logs, flags=re.MULTILINE)
        for begin in re.findall(r"`([^`]+)`", row)
    )
    lines = sorted(set(written_lines()))
    assert len(lines) > 20
    assert [line for line in lines if not line.startswith(begins)] == []
