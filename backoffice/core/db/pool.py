"""The connections of a process, and how it comes back to a database that was away for a moment. Needs no Django."""

import time
from typing import Any

WAIT = 4  # seconds that a request waits for a connection
PAUSE = 0.1  # seconds between two tries while somebody waits


def options(most: int) -> dict[str, Any]:
    """Of psycopg's pool, for at most so many connections.

    By itself the pool waits longer and longer between two tries, and with the last of them gives up for whoever waits:
    a database that was away for half a second then cost up to 6.7 s (make faults, 2026-11-30), now a tenth.
    """
    return {"min_size": 1, "max_size": most, "timeout": WAIT, "reconnect_timeout": 0, "reconnect_failed": try_again}


def try_again(pool) -> None:
    """Called in a thread of the pool, when a connection could not be made: as long as somebody waits, try again."""
    time.sleep(PAUSE)
    if pool.get_stats().get("requests_waiting") and not pool.closed:
        pool.check()  # looks at what lies idle, which is nothing, and makes one
