"""Knows how hot code is compiled, and where what was compiled is kept.

Numba notices that a function's own file has changed, not that one it calls has: a caller would go
on with what was compiled into it. So everything compiled is kept under a name made of all the
sources, and a change anywhere starts afresh.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numba
from numba import config

PACKAGES = ("timing", "kernel")


def _sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((Path(__file__).parent / package).glob("*.py"))


def _kept_in() -> Path:
    """A folder of this user's, for these sources where they lie, and this Numba.

    Numba files what it has compiled under the path of its source: another checkout of the same
    sources finds nothing there.
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
    config.CACHE_DIR = str(_kept_in())  # type: ignore[attr-defined]

# Loops here are short and full of branches: trying to vectorise them only takes time to compile.
config.LOOP_VECTORIZE = 0  # type: ignore[attr-defined]
config.SLP_VECTORIZE = 0  # type: ignore[attr-defined]

compiled = numba.njit(cache=True, nogil=True)
"""Compile a function; it lets go of the interpreter's lock while it runs."""

inner = numba.njit(  # type: ignore[call-overload]
    cache=True, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True
)
"""Compile a function that only compiled code calls, which takes less time to compile."""
