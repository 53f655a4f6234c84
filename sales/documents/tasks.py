"""What the worker does for papers: sends mail, makes large exports, forgets old ones (core/tasks.py)."""

from django.db import OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sales.documents.services import making, sending


@app.task(name="send_mail", queue="mail")
def send_mail() -> None:
    """Send what is due; written beside each new mail, so that it goes at once."""
    sending.send_due()


@app.periodic(cron="* * * * * */10")
@app.task(name="send_waiting_mail", queue="mail", queueing_lock="send_waiting_mail")
def send_waiting_mail(timestamp: int) -> None:
    """Send what is due by now: the next try of what failed, and what a killed worker left."""
    sending.send_due()


@app.task(
    name="make_export",
    queue="exports",
    pass_context=True,
    retry=RetryStrategy(max_attempts=making.ATTEMPTS, wait=2, retry_exceptions=[OperationalError]),
)
def make_export(context, *, job_id: str) -> None:
    """Make the file of an export that was asked for."""
    making.run(job_id, attempt=context.job.attempts)


@app.periodic(cron="23 * * * *")
@app.task(name="sweep_exports", queue="upkeep", queueing_lock="sweep_exports")
def sweep_exports(timestamp: int) -> None:
    """Forget the files of exports that are older than a day."""
    making.sweep()
