"""Files and standard streams of the command line."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path
from typing import Final, TextIO

STANDARD: Final = "-"
"""The name of standard input and standard output."""


def read_text(name: str) -> str:
    """Return the text of a file or of standard input.

    Raises
    ------
    OSError
        It cannot be read, is closed, or is not UTF-8.
    """
    try:
        return _open(sys.stdin).read() if name == STANDARD else Path(name).read_text("utf-8")
    except UnicodeDecodeError as wrong:
        raise OSError(errno.EILSEQ, "is not text in UTF-8", name) from wrong
    except ValueError as wrong:  # a path with a zero byte
        raise OSError(errno.EINVAL, "is no path", name) from wrong


def write_text(name: str, text: str) -> None:
    """Write a file or to standard output, and flush it.

    A character that UTF-8 lacks, half of a surrogate pair, is written as its escape.

    Raises
    ------
    OSError
        It cannot be written, is closed, or is full.
    """
    if name != STANDARD:
        Path(name).write_text(text, encoding="utf-8", errors="backslashreplace")
        return
    stream = _open(sys.stdout)
    try:
        stream.write(text.encode("utf-8", "backslashreplace").decode("utf-8"))
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as full:
        raise OSError(full.errno, full.strerror, "standard output") from full


def refuse_unwritable(name: str) -> None:
    """Raise if an output cannot be written, before a search whose plan would be lost.

    A named file is tried with one byte, and has its length again afterwards; a device or a pipe
    keeps the byte, a line break. Standard output is only seen to be closed.

    Raises
    ------
    OSError
        The folder is missing, the file cannot be written, or nothing fits on it.
    """
    if name == STANDARD:
        _open(sys.stdout)
        return
    if not Path(name).parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "is no folder to write to", str(Path(name).parent))
    existed = Path(name).exists()
    with Path(name).open("ab", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        try:
            file.write(b"\n")
        except OSError as full:
            raise OSError(full.errno, full.strerror, name) from full
        finally:
            if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                file.truncate(size)
    if not existed:
        Path(name).unlink()


def _open(stream: TextIO | None) -> TextIO:
    """Return a standard stream; Python has none where the caller closed it."""
    if stream is None:
        raise OSError(errno.EBADF, "is closed", "standard input or output")
    return stream
