"""The product as it is served, with marked places: a request may say at which of them its process dies.

X-Fault: die=numbered     the worker is killed when this request comes there (SIGKILL, no clean-up)
X-Fault: wait=journalled  it waits there for a while, so that whoever asks again meets it half-way
X-Fault: compute=claimed  it computes there for ever; hang: it waits for ever; hold: and its whole process stands still
X-Without: keys           this request runs without that guard: keys (a repeat is not known) or whole (what was done at
                          each place is committed there, so that half an effect can stay)
"""

import os
import re
import signal
import time
from contextvars import ContextVar
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from backoffice.core.limit import limited

product = get_wsgi_application()
if os.environ.get("FAULTS_WITHOUT") != "limit":
    product = limited(product)

from backoffice.catalog import stock  # noqa: E402
from backoffice.core import journal, keys, locks, numbers  # noqa: E402

WAIT = 0.6
_fault: ContextVar[tuple[str, str]] = ContextVar("fault", default=("", ""))
_without: ContextVar[str] = ContextVar("without", default="")
_inside: ContextVar[bool] = ContextVar("inside", default=False)  # of the transaction that took the request key


def application(environ, start_response):
    what, _equals, place = environ.get("HTTP_X_FAULT", "").partition("=")
    _fault.set((what, place))
    _without.set(environ.get("HTTP_X_WITHOUT", ""))
    _inside.set(False)
    reach("received")
    return product(environ, start_response)


def reach(place: str) -> None:
    """The request is here now."""
    what, where = _fault.get()
    if _without.get() == "whole" and _inside.get() and place not in ("committing", "committed"):
        connection.connection.commit()
    if where != place:
        return
    _fault.set(("", ""))
    with Path(os.environ["FAULTS_LOG"]).open("a") as log:
        log.write(f"{what} {place}\n")
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what in FOR_EVER:
        FOR_EVER[what]()
    time.sleep(WAIT)


def compute():
    while True:
        pass


FOR_EVER = {
    "compute": compute,
    "hang": lambda: time.sleep(3600),
    "hold": lambda: re.match(r"(a+)+b", "a" * 64),  # the engine of re keeps the interpreter's lock
}


def after(module, name: str, place: str) -> None:
    done = getattr(module, name)

    def marked(*args, **kwargs):
        answer = done(*args, **kwargs)
        reach(place)
        return answer

    setattr(module, name, marked)


claim, remember, commit = keys._claim, keys._remember, BaseDatabaseWrapper._commit


def claimed(*args):
    repeat = None if _without.get() == "keys" else claim(*args)
    _inside.set(True)
    reach("claimed")
    return repeat


def committed(self):
    if not _inside.get():
        return commit(self)
    reach("committing")
    answer = commit(self)
    _inside.set(False)
    reach("committed")
    return answer


keys._claim = claimed
keys._remember = lambda *args: None if _without.get() == "keys" else remember(*args)
BaseDatabaseWrapper._commit = committed
after(locks, "take", "locked")
after(stock, "change", "reserved")
after(numbers, "take", "numbered")
after(journal, "write", "journalled")
