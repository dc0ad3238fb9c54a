"""A loaded process that forks a child for each task.

    python -m collector.jobs.fork_server PRELOAD MAIN

Both arguments are functions, as `module:function`. The standard input is a socket. Over it come the
tasks one by one: the arguments of `MAIN` as JSON, with the files of `Files`. A task writes two
lines to its control socket: the process id of the child, and the exit code once the child has
ended, negative for a signal. The child is reaped when the other side closes that socket. Until
then its id is valid, so a signal to it cannot hit another process.
"""

import json
import os
import pkgutil
import signal
import socket
import sys
from contextlib import suppress
from typing import NamedTuple

from collector.jobs.parent_death import die_with_parent

STANDARD = 3
"""The number of standard streams."""

MOST_BYTES = 1 << 16
"""The most bytes of the arguments of a task."""


class Files(NamedTuple):
    """The descriptors that come with a task: the streams of the child and the control socket."""

    stdin: int
    stdout: int
    stderr: int
    control: int


def next_task(tasks: socket.socket) -> list[str] | None:
    """Fork a child per task; return its arguments in the child, and None when the server ends."""
    server = os.getpid()
    while True:
        message, received, _flags, _address = socket.recv_fds(tasks, MOST_BYTES, len(Files._fields))
        if not received:
            return None
        files = Files(*received)
        child = os.fork()
        if child == 0:
            _become_child(files, server)
            return [str(each) for each in json.loads(message)]
        for each in files[:STANDARD]:
            os.close(each)
        with socket.socket(fileno=files.control) as control:
            _await(child, control)


def _become_child(files: Files, server: int) -> None:
    """Lead a session of its own, die with the server, and take the streams of the task."""
    os.setsid()
    die_with_parent(server)
    os.write(files.control, b"%d\n" % os.getpid())
    for stream, file in enumerate(files[:STANDARD]):
        os.dup2(file, stream)
    for each in files:
        os.close(each)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def _await(child: int, control: socket.socket) -> None:
    """Report the end of a child; once it was read, end the process group and reap the child."""
    end = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    code = end.si_status if end.si_code == os.CLD_EXITED else -end.si_status  # type: ignore[union-attr]
    with suppress(OSError):
        control.send(b"%d\n" % code)
        control.recv(1)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)


def main() -> int:
    """Load, then fork; in a child, run the task and return its exit code."""
    # Only the thread that forks lives on in the child, so there must be no other: NumPy would
    # start one per core. The planner multiplies no large matrices.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    preload, run = map(pkgutil.resolve_name, sys.argv[1:])
    preload()
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as tasks:
        arguments = next_task(tasks)
    return 0 if arguments is None else int(run(arguments))


if __name__ == "__main__":
    sys.exit(main())
