"""Death of a search with the reader of its output.

A search may be silent for minutes. Without this only its next line would meet the closed pipe.
"""

import os
import select
import threading


def die_with_reader(descriptor: int) -> None:
    """Exit as soon as the other end of a pipe is closed, in a thread of its own.

    The thread needs the interpreter's lock. A search by the OR-Tools model holds it to the end, so
    the process that starts such a search must be able to kill it.
    """
    if hasattr(select, "poll"):
        threading.Thread(target=_await_hang_up, args=(descriptor,), daemon=True).start()


def _await_hang_up(descriptor: int) -> None:
    pipe = select.poll()
    pipe.register(descriptor, 0)  # Errors and hang-ups are reported without being requested.
    pipe.poll()
    os._exit(os.EX_IOERR)
