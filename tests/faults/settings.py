"""The product's settings, but for what would make a fault last: waiting a minute before a mail is tried again."""

import os

from backoffice.settings import *  # noqa: F403
from backoffice.settings import DATABASES, PROCRASTINATE_WORKER_DEFAULTS

DATABASES["default"]["OPTIONS"]["application_name"] = os.environ.get("FAULTS_NAME", "toonbank")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},  # nobody looks at the pages
}
MAIL_RETRY_SECONDS = [1] * 60
WORKER_HEARTBEAT, WORKER_STALLED = 1, 3
PROCRASTINATE_WORKER_DEFAULTS |= {
    "update_heartbeat_interval": WORKER_HEARTBEAT,
    "stalled_worker_timeout": WORKER_STALLED,
}
