"""What the worker does for tills: it prints (core/tasks.py)."""

from procrastinate.contrib.django import app

from pos.services import printing


@app.task(name="print_receipts", queue="printing")
def print_receipts() -> None:
    """Print what is due; written beside each receipt, so that it goes at once."""
    printing.print_due()


@app.periodic(cron="* * * * * */10")
@app.task(name="print_waiting_receipts", queue="printing", queueing_lock="print_waiting_receipts")
def print_waiting_receipts(timestamp: int) -> None:
    """Print what is due by now: the next try of what failed, and what a killed worker left."""
    printing.print_due()
