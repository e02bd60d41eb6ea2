"""What the service writes about itself: JSON lines, one an event, and nothing of what was sent.

A line has only what the code names: a request's route is its template, an error its type and the place where it arose.
"""

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from structlog.typing import EventDict, WrappedLogger

LOG: Final[structlog.stdlib.BoundLogger] = structlog.wrap_logger(
    logging.getLogger("verify_api"),
    processors=[structlog.stdlib.add_log_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    wrapper_class=structlog.stdlib.BoundLogger,
)


def place_of(error: BaseException) -> str:
    """Type and frames of an error; its text is left out, since it may quote what was sent."""
    frames = traceback.extract_tb(error.__traceback__)
    path = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {path}"


def json_lines() -> logging.Formatter:
    """The form of all lines, those of the server and of libraries too, whose errors are told by their place alone."""
    return _JsonLines(
        processors=[
            _stamp,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        foreign_pre_chain=[structlog.stdlib.add_log_level],
        keep_exc_info=True,
    )


def log_settings() -> dict[str, Any]:
    """The configuration of `logging` for a process that serves: everything to standard error, as JSON lines."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": json_lines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {"uvicorn.access": {"level": "CRITICAL"}},  # its lines hold paths, and a path may hold an identifier
    }


class _JsonLines(structlog.stdlib.ProcessorFormatter):
    def formatException(self, ei: Any) -> str:  # noqa: N802 -- the name that `logging` gave it
        """No traceback: its last line would be the text of the error."""
        del ei
        return ""


def _stamp(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    told: EventDict = {"time": time, "level": event.pop("level"), "logger": record.name, **event}
    error = told.pop("exc_info", None)
    raised = error[1] if isinstance(error, tuple) else sys.exception() if error else None
    if raised is not None:
        told["error"] = place_of(raised)
    return told
