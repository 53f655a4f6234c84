"""What the worker does for orders (core/tasks.py)."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from sales.services import drafts

EMPTY_HOURS = 24


@app.periodic(cron="47 3 * * *")
@app.task(name="sweep_drafts", queue="upkeep", queueing_lock="sweep_drafts")
def sweep_drafts(timestamp: int) -> None:
    """Delete drafts of a day and older that never got a line or a customer."""
    drafts.sweep(before=timezone.now() - timedelta(hours=EMPTY_HOURS))
