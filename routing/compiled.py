"""Compilation of hot code by Numba, and the cache folder of its results.

Numba notices a change of a function's own file, but not of a file of a function it calls. A caller
would go on with the old code compiled into it. So the cache folder is named by a digest of all
sources, and any change starts a new folder.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numba
from numba import config

PACKAGES = ("timing", "kernel")
"""Packages of `routing` with compiled functions."""


def _sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((Path(__file__).parent / package).glob("*.py"))


def _cache_folder() -> Path:
    """Return a folder of the user for these sources, their path, and this version of Numba.

    Numba files compiled code under the path of its source: another checkout of the same sources
    finds nothing there.
    """
    digest = hashlib.sha256(f"{numba.__version__} {Path(__file__).parent}".encode())
    for source in _sources():
        digest.update(source.read_bytes())
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if not os.access(home if home.exists() else home.parent, os.W_OK):
        # A service may have no home: it compiles once per start of the machine.
        home = Path(tempfile.gettempdir()) / f"milkround-{os.getuid()}"
    return home / "milkround" / "compiled" / digest.hexdigest()[:16]


if not config.CACHE_DIR:  # type: ignore[attr-defined]
    config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]

# Loops here are short and full of branches: vectorising them only takes time to compile.
config.LOOP_VECTORIZE = 0  # type: ignore[attr-defined]
config.SLP_VECTORIZE = 0  # type: ignore[attr-defined]

compiled = numba.njit(cache=True, nogil=True)
"""Decorator that compiles a function; it releases the interpreter's lock while it runs."""

inner = numba.njit(  # type: ignore[call-overload]
    cache=True, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True
)
"""Decorator that compiles a function called by compiled code only, in less time."""
