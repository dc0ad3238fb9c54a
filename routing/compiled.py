"""Compilation of hot code by Numba, and the cache folder of its results.

Numba notices a change of a function's own file, but not of a file of a function it calls. A caller
would go on with the old code compiled into it. So the cache folder is named by a digest of all
sources, and any change starts a new folder. The digest leaves out the path of the sources, so that
two checkouts of the same sources share their compiled code.

With `MILKROUND_CHECKED=1` in the environment nothing is compiled. The same functions run in plain
Python, hundreds of times slower, and an access outside of a table raises an error.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import numba
import numpy as np
from numba import config
from numba.core.caching import UserProvidedCacheLocator

PACKAGE: Final = Path(__file__).parent
COMPILED: Final = ("timing", "kernel", "simulation")
"""Packages of `routing` with compiled functions."""

CONSTANTS: Final = ("margins.py",)
"""Modules whose values are constants of compiled functions."""


CHECKED: Final = os.environ.get("MILKROUND_CHECKED") == "1"
"""Whether functions run in plain Python, with all bounds tested."""


class BoundsError(Exception):
    """An access outside of a table, or a value outside of 64 bits; in plain Python only."""


class UnsafeCacheError(Exception):
    """A cache folder that another user of the machine may write to."""


class SharedCacheLocator(UserProvidedCacheLocator):
    """Locator of compiled functions by the module's place in `routing`, whatever the checkout."""

    @classmethod
    def get_suitable_cache_subpath(cls, py_file: str) -> str:
        """Return the folder of a module's compiled functions, below the cache folder."""
        return ".".join(Path(py_file).absolute().relative_to(PACKAGE.absolute()).parent.parts)


def private_folder(path: Path) -> Path:
    """Create a folder of the user alone, or check that it is one.

    Numba stores pickles, and a pickle of a stranger runs the stranger's code.

    Raises
    ------
    UnsafeCacheError
        When the folder belongs to another user, or others may write to it.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if path.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise UnsafeCacheError(
            f"{path} must be a folder of this user that no one else can write to."
            " Remove it, or set XDG_CACHE_HOME to a folder of this user."
        )
    path.chmod(0o700)
    return path


def _sources() -> Iterator[Path]:
    for package in COMPILED:
        yield from sorted((PACKAGE / package).rglob("*.py"))
    yield from (PACKAGE / module for module in CONSTANTS)


def _digest() -> str:
    """Return the digest of all sources and of the version of Numba, 16 hexadecimal digits."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in _sources():
        digest.update(source.relative_to(PACKAGE).as_posix().encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    """Return the folder of this user for these sources.

    A service may have no home to write to. It gets a folder in the temporary directory and compiles
    once per start of the machine.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if os.access(home if home.exists() else home.parent, os.W_OK):
        return private_folder(home / "milkround" / "compiled") / _digest()
    return private_folder(Path(tempfile.gettempdir()) / f"milkround-{os.getuid()}") / _digest()


if not config.CACHE_DIR:  # type: ignore[attr-defined]
    config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]
    config.CACHE_LOCATOR_CLASSES = f"{__name__}.{SharedCacheLocator.__name__}"  # type: ignore[attr-defined]

# Numba does not describe itself to the type checker.
_numba: Any = numba

# Loops here are short and full of branches: vectorising them only takes time to compile.
config.LOOP_VECTORIZE = 0  # type: ignore[attr-defined]
config.SLP_VECTORIZE = 0  # type: ignore[attr-defined]

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def compiled(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Compile a function; it releases the interpreter's lock while it runs."""
    return function if CHECKED else _numba.njit(cache=True, nogil=True)(function)


def inner(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Compile a function called by compiled code only, in less time."""
    without = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return function if CHECKED else _numba.njit(cache=True, nogil=True, **without)(function)


def wrapping(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Let products of 64 bits wrap around in plain Python too; compiled code does so anyway."""
    return np.errstate(over="ignore")(function) if CHECKED else function
