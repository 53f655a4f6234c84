"""Handing work to the worker by the name of its task (the tasks.py of each app), in the transaction of its cause.

Tasks import services, so that a service knows a task by name alone.
"""

from procrastinate.contrib.django import app


def defer(task: str, *, lock: str | None = None, **values) -> None:
    """Let the worker do a task with these values after the commit; of one lock, one after the other."""
    app.configure_task(task, allow_unknown=False, lock=lock).defer(**values)
