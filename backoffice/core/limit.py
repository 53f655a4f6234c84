"""An end to requests that never end.

gunicorn's own timeout watches the main thread of a worker, which goes on while a request computes in another thread.
So every request is noted with its beginning; the main thread looks (backoffice/gunicorn.py), and interrupts the thread
of one that takes too long. That worker is then replaced: nobody knows what the interruption left half done in memory.
"""

import ctypes
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field


class TookTooLong(BaseException):
    """Raised in the middle of a request that takes too long; no `except Exception` on its way may keep it."""


@dataclass
class Running:
    """What one thread does since then (monotonic seconds)."""

    what: str
    since: float = field(default_factory=time.monotonic)
    interrupted: bool = False


_running: dict[int, Running] = {}


def limited(application):
    """The WSGI application, with each of its requests noted while it is at work."""

    def noted(environ, start_response):
        thread = threading.get_ident()
        _running[thread] = Running(f"{environ.get('REQUEST_METHOD')} {environ.get('PATH_INFO')}")
        try:
            return application(environ, start_response)
        except TookTooLong:  # outside Django's middleware: an error like any other
            raise RuntimeError("The request took too long.") from None
        finally:
            _running.pop(thread, None)

    return noted


def interrupt(seconds: float) -> list[str]:
    """Interrupt each request that is at work for longer; gives what they are and where they stood, once each."""
    told = []
    for thread, request in list(_running.items()):
        age = time.monotonic() - request.since
        if age <= seconds or request.interrupted:
            continue
        request.interrupted = True
        frame = sys._current_frames().get(thread)
        where = "".join(traceback.format_stack(frame)[-12:]) if frame else ""
        told.append(f"{request.what} took more than {seconds:.0f} seconds and is ended.\n{where}")
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(TookTooLong))
    return told


def longest() -> float:
    """Seconds that the oldest request is at work; 0 without any."""
    return max((time.monotonic() - request.since for request in list(_running.values())), default=0.0)
