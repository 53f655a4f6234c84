"""How gunicorn serves: `gunicorn -c python:backoffice.gunicorn`. Every figure can be set in the environment."""

import gc
import os

wsgi_app = "backoffice.wsgi:application"
bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
# the workers share the memory of what was loaded before they were forked; WeasyPrint is imported at first use
preload_app = True
keepalive = 15
timeout = 60
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


def when_ready(server):
    """What was loaded stays shared: the collector of a worker never touches it again."""
    gc.collect()
    gc.freeze()


def post_fork(server, worker):
    """A worker never shares a database connection with the process that it came from."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.connection = None
        getattr(connection, "_connection_pools", {}).clear()
