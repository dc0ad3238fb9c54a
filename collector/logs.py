"""Logs as JSON lines with the request's id, and without personal data.

A line holds an event, identifiers and figures. An error is told by its class and the lines of its
stack: its text may quote a name or an address, so it is left out.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Final, TextIO

request_id: ContextVar[str] = ContextVar("milkround_request_id", default="")
"""Identifier of the request that this thread answers; empty outside one."""

Event = MutableMapping[str, Any]

FIGURES: Final = ("method", "route", "status", "milliseconds", "refused", "actor")
"""Fields of a record that are written; any other is left out."""
QUIET: Final = ("sqlalchemy", "alembic", "urllib3", "fontTools", "weasyprint")
DEEPEST_FRAMES: Final = 12


def configure_logs(form: str, stream: TextIO | None = None) -> None:
    """Send the log of this process to a stream.

    Parameters
    ----------
    form
        `json`, `text`, or `auto`: text on a terminal, otherwise JSON.
    stream
        Default the standard error.
    """
    import structlog  # noqa: PLC0415 - only a service that writes a log needs it

    target = stream or sys.stderr
    readable = form == "text" or (form == "auto" and target.isatty())
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=False)
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.stdlib.ExtraAdder(allow=FIGURES),
                _add_request_id,
                _tell_error_without_text,
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _add_request_id(_logger: object, _method: str, event: Event) -> Event:
    if request_id.get():
        event["request"] = request_id.get()
    return event


def _tell_error_without_text(_logger: object, _method: str, event: Event) -> Event:
    """Replace an error by its class and the lines of its stack."""
    record = event.get("_record")
    found = event.pop("exc_info", None) or (record.exc_info if record else None)
    if record is not None:
        # The formatter of the standard library would append the text of the error.
        record.exc_info = record.exc_text = None
    if found is True:
        found = sys.exc_info()
    if isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if found and found[0] is not None:
        event["error"] = found[0].__name__
        event["stack"] = _lines(found[2])
    return event


def _lines(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-DEEPEST_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
