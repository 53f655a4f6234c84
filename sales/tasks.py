"""What the worker does for orders (core/tasks.py)."""

from datetime import timedelta

from django.db import OperationalError
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sales.services import drafts, following

EMPTY_HOURS = 24
ATTEMPTS = 5


@app.periodic(cron="47 3 * * *")
@app.task(name="sweep_drafts", queue="upkeep", queueing_lock="sweep_drafts")
def sweep_drafts(timestamp: int) -> None:
    """Delete drafts of a day and older that never got a line or a customer."""
    drafts.sweep(before=timezone.now() - timedelta(hours=EMPTY_HOURS))


@app.task(
    name="follow_customers",
    queue="upkeep",
    lock="follow_customers",  # one after the other: the last one writes what is so now
    retry=RetryStrategy(max_attempts=ATTEMPTS, wait=2, retry_exceptions=[OperationalError]),
)
def follow_customers(*, customer_ids: list[int]) -> None:
    """Let the many orders of these customers be found by their e-mail and phone as they are now."""
    following.write(customer_ids)
