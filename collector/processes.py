"""Child processes of the demonstration: start and certain end of server and worker."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from collector.jobs.parent_death import tied

PATIENCE_SECONDS = 5
PORTS_TRIED = 20


class Processes:
    """Child processes that end when the block ends, or when this process dies."""

    def __init__(self) -> None:
        self._children: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for child in self._children:
            child.terminate()
        for child in self._children:
            try:
                child.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def start(self, arguments: Sequence[str], *, log: Path) -> int:
        """Start a `milkround` command and return its process ID; its output goes to a file."""
        return self.start_module("collector.cli", arguments, log=log)

    def start_module(self, module: str, arguments: Sequence[str], *, log: Path) -> int:
        """Start a module as a program, and return its process ID; its output goes to a file."""
        command = [sys.executable, "-m", module, *arguments]
        with log.open("ab") as output:
            child = subprocess.Popen(  # noqa: S603 - the command is our own
                tied(command, number=signal.SIGTERM),
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        self._children.append(child)
        return child.pid

    def wait_for_port(self, host: str, port: int) -> None:
        """Wait until a port accepts connections, or until one of the processes has ended."""
        while all(child.poll() is None for child in self._children):
            with socket.socket() as attempt:
                attempt.settimeout(1)
                if attempt.connect_ex((host, port)) == 0:
                    return
            time.sleep(0.05)

    def wait(self) -> int:
        """Wait until one of them ends by itself, and return its exit status."""
        while True:
            for child in self._children:
                try:
                    return child.wait(timeout=1)
                except subprocess.TimeoutExpired:
                    continue


def free_port(host: str, wanted: int) -> int:
    """Return the wanted port, or the first free one above it.

    Raises
    ------
    OSError
        Twenty ports in a row are taken.
    """
    tried = range(wanted, wanted + PORTS_TRIED)
    found = next((port for port in tried if is_free(host, port)), None)
    if found is None:
        raise OSError(f"ports {wanted} to {tried[-1]} of {host} are all taken")
    return found


def is_free(host: str, port: int) -> bool:
    """Return whether a port is free."""
    with socket.socket() as attempt:
        return attempt.connect_ex((host, port)) != 0
