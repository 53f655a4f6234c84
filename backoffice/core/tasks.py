"""What the worker does, and how it runs. Jobs wait in PostgreSQL, written in the transaction of their cause.

A job of a worker that was killed is found by its heartbeat and taken up again; every task may therefore run twice
and must then have one effect.
"""

from typing import Any

from django.conf import settings
from django.db import OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from backoffice.core import upkeep, worker
from backoffice.core.imports import job


@app.task(
    name="read_import",
    queue="imports",
    pass_context=True,
    retry=RetryStrategy(max_attempts=job.ATTEMPTS, wait=2, retry_exceptions=[OperationalError]),
)
def read_import(context, *, job_id: str) -> None:
    job.read(job_id, attempt=context.job.attempts)


@app.task(
    name="run_import",
    queue="imports",
    pass_context=True,
    retry=RetryStrategy(max_attempts=job.ATTEMPTS, wait=2, retry_exceptions=[OperationalError]),
)
def run_import(context, *, job_id: str) -> None:
    job.run(job_id, attempt=context.job.attempts)


@app.periodic(cron="* * * * * */5")
@app.task(name="retry_stalled", queue="upkeep", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context, timestamp: int) -> None:
    """Take up again what a worker left behind when it was killed."""
    manager = context.app.job_manager
    await manager.prune_stalled_workers(settings.WORKER_STALLED)
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=settings.WORKER_STALLED):
        await manager.retry_job(stalled)


@app.periodic(cron="17 3 * * *")
@app.task(name="sweep_imports", queue="upkeep", queueing_lock="sweep_imports")
def sweep_imports(timestamp: int) -> None:
    """Forget the files that were uploaded and never started."""
    job.sweep()


@app.periodic(cron="37 3 * * *")
@app.task(name="sweep", queue="upkeep", queueing_lock="sweep")
def sweep(timestamp: int) -> None:
    """Forget request keys, sessions and attempts that nobody needs any more."""
    upkeep.sweep()


def work(*, wait: bool = True, **options) -> None:
    """Run a worker until it is told to stop; wait=False ends it when nothing is left to do."""
    if wait:
        worker.run()
        return
    # django's connections are of threads; the worker's own come from an asynchronous pool
    connector: Any = app.connector
    app.with_connector(connector.get_worker_connector()).run_worker(wait=False, **options)
