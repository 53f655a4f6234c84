"""The product as `make run` starts it: `python -m tests.faults.served serve --port 8000`.

FAULTS_WITHOUT takes one guard away: patience (a worker that loses its database ends) or again (what ended stays away).
"""

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"

import django

django.setup()

from procrastinate.contrib.django import app  # noqa: E402

from backoffice.core import worker  # noqa: E402
from backoffice.core.management.commands import serve  # noqa: E402

without = os.environ.get("FAULTS_WITHOUT", "")

if without in ("patience", "again"):
    serve.Child.again = lambda _child: False
if without == "patience":
    worker.run = lambda: app.with_connector(app.connector.get_worker_connector()).run_worker()

from django.core.management import execute_from_command_line  # noqa: E402

execute_from_command_line(sys.argv)
