"""The log: one line of JSON per event, each with the id of the request that it belongs to. Needs no Django."""

import json
import logging
import re
import time
import traceback
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime

WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}", re.ASCII)
request_id: ContextVar[str] = ContextVar("request_id", default="")
EXTRAS = ("method", "path", "status", "ms", "employee")  # of a request's own line


def new_id(given: str = "") -> str:
    """The id that the proxy gave, if it is plain enough to stand in a log, else a new one."""
    return given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex


class Seldom(logging.Filter):
    """Lets the same line through once in ten seconds: while a database is away, each of many tries would write it."""

    SECONDS, MOST = 10.0, 100

    def __init__(self) -> None:
        super().__init__()
        self.written: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        now, line = time.monotonic(), record.getMessage()
        if now - self.written.get(line, -self.SECONDS) < self.SECONDS:
            return False
        if len(self.written) >= self.MOST:
            self.written.clear()
        self.written[line] = now
        return True


class JsonLine(logging.Formatter):
    """time, level, logger, message, request_id and, of an error, its traceback: on one line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, str | int] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if known := request_id.get():
            line["request_id"] = known
        # a plain value only: Django hangs whole requests on its records
        line |= {name: value for name in EXTRAS if isinstance(value := getattr(record, name, None), str | int)}
        if record.exc_info and record.exc_info[0]:
            line["error"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


class PlainLine(logging.Formatter):
    """The same for a developer's eyes."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:
        known = request_id.get()
        return super().formatMessage(record) + (f" [{known}]" if known else "")
