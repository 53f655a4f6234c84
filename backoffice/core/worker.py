"""How the worker runs: until it is told to stop, whatever becomes of the database meanwhile.

It works in turns. A turn ends when the database leaves one of the worker's own questions without an answer: what is
running ends or fails first, and the next turn begins, under a new name, once the database is there again. A job whose
end could not be written still stands under the old name, which gives no sign of life any more, so that it is taken up
again (core/tasks.py).
"""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import psycopg
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector

log = logging.getLogger(__name__)
PAUSE = 0.5  # seconds between two looks whether the database is there
SILENCE = 20.0  # seconds: the database itself ends a statement after 15


class Connector(PsycopgConnector):
    """Procrastinate's own; lost is set as soon as a question got no answer."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.lost = asyncio.Event()

    async def execute_query_async(self, query, **arguments):
        async with self._answered():
            await super().execute_query_async(query, **arguments)

    async def execute_query_one_async(self, query, **arguments):
        async with self._answered():
            return await super().execute_query_one_async(query, **arguments)

    async def execute_query_all_async(self, query, **arguments):
        async with self._answered():
            return await super().execute_query_all_async(query, **arguments)

    @asynccontextmanager
    async def _answered(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(SILENCE):
                yield
        except (ConnectorException, TimeoutError) as error:
            if isinstance(error, TimeoutError) or isinstance(error.__cause__, psycopg.OperationalError):
                self.lost.set()
            raise


def run() -> None:
    """Work until SIGTERM or Ctrl-C; what is running is finished first."""
    asyncio.run(_until_stopped())


async def _until_stopped() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    said = ""
    while not stop.is_set():
        missing = await _missing()
        if missing and missing != said:
            log.warning("The worker waits for the database: %s", missing)
        if said and not missing:
            log.warning("The database is there again: the worker goes on")
        said = missing
        if not missing:
            await _turn(stop)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), PAUSE)


async def _missing() -> str:
    """Why the database cannot be reached, or nothing."""
    try:
        async with await psycopg.AsyncConnection.connect(**{"connect_timeout": 5} | connector_params()):
            return ""
    except psycopg.OperationalError as error:
        return str(error).strip() or repr(error)


async def _turn(stop: asyncio.Event) -> None:
    """Do jobs until told to stop, or until the database leaves a question unanswered."""
    connector = Connector(kwargs=connector_params(), min_size=1, timeout=5)
    ours = app.with_connector(connector)
    try:
        async with ours.open_async():
            work = asyncio.create_task(ours.run_worker_async(install_signal_handlers=False))
            ends = [asyncio.create_task(event.wait()) for event in (stop, connector.lost)]
            await asyncio.wait([work, *ends], return_when=asyncio.FIRST_COMPLETED)
            for task in (work, *ends):
                task.cancel()
            with suppress(asyncio.CancelledError):
                await work
    except (ConnectorException, TimeoutError, psycopg.OperationalError) as error:
        log.warning("A turn of the worker ended: %r", error.__cause__ or error)
