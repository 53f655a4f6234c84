"""How gunicorn serves: `gunicorn -c python:backoffice.gunicorn`. Every figure can be set in the environment."""

import gc
import os
import signal

from gunicorn.workers.gthread import ThreadWorker

from backoffice.core import limit
from backoffice.core.db.embedded import leash

wsgi_app = "backoffice.wsgi:application"
bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# the workers share the memory of what was loaded before they were forked; WeasyPrint is imported at first use
preload_app = True
keepalive = 15
# seconds: a request that takes longer is ended and its worker replaced; so is a worker that stands still for as long
timeout = int(os.environ.get("WEB_TIMEOUT", "60"))
if timeout < 3:
    raise SystemExit("WEB_TIMEOUT must be 3 or more: seconds that a request may take.")
graceful_timeout = 20
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = os.environ.get("ACCESS_LOG") or None
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")
control_socket_disable = True
# its own lines as JSON too
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "backoffice.core.logs.JsonLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "WARNING", "handlers": ["console"]},
    "loggers": {"gunicorn.error": {"level": loglevel.upper(), "handlers": ["console"], "propagate": False}},
}


class Worker(ThreadWorker):
    """gunicorn's worker with threads, which ends a request that takes too long, and itself with it."""

    GRACE = 3  # seconds for an interrupted request to end; then the process does, with whatever else it does

    def notify(self):
        """The main thread comes here at least once a second."""
        super().notify()
        for told in limit.interrupt(self.cfg.timeout):
            self.log.critical("%s", told)
            self.alive = False  # no new requests; those that are at work are finished
        if limit.longest() > self.cfg.timeout + self.GRACE:
            os.kill(os.getpid(), signal.SIGKILL)

    def set_accept_enabled(self, enabled):
        """Who stops lets go of the port at once: a new server may want it while the last requests are finished."""
        super().set_accept_enabled(enabled)
        if not enabled and (not self.alive or self.ppid != os.getppid()):
            for listener in self.sockets:
                listener.close()


worker_class = Worker


def when_ready(server):
    """What was loaded stays shared: the collector of a worker never touches it again."""
    gc.collect()
    gc.freeze()


def post_fork(server, worker):
    """A worker ends with its server, however that ends, and never shares a database connection with it."""
    leash(signal.SIGTERM)
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.connection = None
        getattr(connection, "_connection_pools", {}).clear()
