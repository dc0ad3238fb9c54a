"""Knows how a process that was started ahead waits for its task.

Its standard input is a socket. Over that come the arguments of a command, as JSON, and with them
the file that is its standard input from then on.
"""

import json
import os
import socket
from typing import Final

STDIN: Final = 0
MOST: Final = 1 << 16
"""Bytes that the arguments may take."""


def handed() -> list[str] | None:
    """Wait for a task and return its arguments; None if whoever would hand it over is gone."""
    with socket.socket(fileno=os.dup(STDIN)) as line:
        arguments, files, _flags, _address = socket.recv_fds(line, MOST, 1)
    if not files:
        return None
    os.dup2(files[0], STDIN)
    os.close(files[0])
    return [str(each) for each in json.loads(arguments)]
