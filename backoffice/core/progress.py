"""How far a job of the worker is, seen by everybody while its own transaction is still open."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql import UpdateQuery


class Unwanted(Exception):
    """Somebody stopped the job meanwhile, or chose otherwise: what is done with it counts no more."""


class Progress:
    """Writes rows_done of a job (rows_total, rows_done), on a connection of its own.

    wanted: the job as rows, as long as it is to be done; Unwanted is raised once they are none. A job that was not
    committed yet is not seen by that connection, and so is wanted.
    """

    EVERY = 0.4  # seconds

    def __init__(self, job: Any, wanted: QuerySet):
        self.job, self.done, self.written_at = job, 0, time.monotonic()
        self.wanted = wanted
        self.connection = connection.copy()

    def __call__(self, done: int) -> None:
        """So many rows are done."""
        self.done = done
        now = time.monotonic()
        if now - self.written_at < self.EVERY:
            return
        self.written_at = now
        update: Any = self.wanted.query.chain(UpdateQuery)
        update.add_update_values({"rows_done": done})
        there = self.wanted.model._base_manager.filter(pk=self.job.pk).values("pk")
        with self.connection.cursor() as cursor:
            cursor.execute(*update.get_compiler(connection=connection).as_sql())
            if cursor.rowcount:
                return
            cursor.execute(*there.query.sql_with_params())
            if cursor.fetchone():
                raise Unwanted

    def part(self, done: float) -> None:
        """Such a part of the rows is done, 0 to 1."""
        self(int(self.job.rows_total * min(done, 1.0)))

    def watch(self, rows: Iterable[list]) -> Iterator[list]:
        """The rows one by one, counted as they are taken."""
        for done, row in enumerate(rows, 1):
            yield row
            if done % 500 == 0:
                self(done)
            self.done = done

    def close(self) -> None:
        self.connection.close()
