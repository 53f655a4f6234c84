"""Whether this server is there (health) and can do its work (readiness): database, migrations, worker."""

from functools import cache

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from psycopg import OperationalError as PsycopgError
from psycopg_pool import PoolTimeout

NO_DATABASE = (DatabaseError, PsycopgError, PoolTimeout)


@cache
def wanted_migrations() -> dict[tuple[str, str], set[tuple[str, str]]]:
    """The migrations that this code needs, each with those it replaces; read from its files once per process."""
    loader = MigrationLoader(None)
    ours = {config.label for config in apps.get_app_configs()}
    return {key: set(one.replaces) for key, one in loader.disk_migrations.items() if key[0] in ours}


def missing_migrations() -> list[str]:
    """Those that the database has not had. One that replaces others counts when these are applied."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    wanted = wanted_migrations()
    return sorted(
        f"{app}.{name}"
        for (app, name), replaces in wanted.items()
        if (app, name) not in applied and not (replaces and replaces <= applied)
    )


def workers() -> list[dict]:
    """The workers that gave a sign of life lately: {"id", "seconds"} since then, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, extract(epoch FROM now() - last_heartbeat) FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => %s) ORDER BY last_heartbeat DESC",
            [settings.WORKER_STALLED],
        )
        return [{"id": pk, "seconds": round(float(seconds), 1)} for pk, seconds in cursor.fetchall()]


def readiness() -> dict[str, str]:
    """What works: {"database": "ok", "migrations": "ok", "worker": "ok"}, or what is wrong in its place."""
    found = {"database": "ok", "migrations": "unknown", "worker": "unknown"}
    try:
        missing = missing_migrations()
        found["migrations"] = f"{len(missing)} not applied" if missing else "ok"
        found["worker"] = "ok" if workers() else "no sign of life"
    except NO_DATABASE:
        found["database"] = "cannot be reached"
    return found


def mail() -> str:
    """Where mail goes: "smtp" to a mail server, "here" no further than this machine, "off" nowhere at all."""
    if settings.MAIL_OFF:
        return "off"
    return "smtp" if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend") else "here"
