"""How the tests run: on a PostgreSQL of their own, under the application's role, in a real browser.

Without DATABASE_URL one throw-away server serves the whole run. With it (and DATABASE_OWNER_URL) that server is
used: the owner must be allowed to create databases. Services run under the application's role; creating, migrating
and emptying are the owner's.
"""

import os
import tempfile
from pathlib import Path

import pytest

from backoffice.core.db import embedded

# before the settings are read: they come from the environment alone
os.environ["DJANGO_SETTINGS_MODULE"] = "backoffice.settings"
os.environ |= {
    "DEBUG": "1",
    "SECRET_KEY": "only for the tests",
    "HTTPS": "0",
    "DB_POOL_MAX": "0",  # threads that race have connections of their own
    "EMAIL_URL": "console:",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # playwright runs an event loop beside the tests
}
os.environ.pop("TOONBANK_DATA", None)

CLUSTER = pytest.StashKey[embedded.Cluster]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    worker = hasattr(config, "workerinput")  # of xdist: it inherits the environment of the one that started it
    if not worker and not os.environ.get("DATABASE_URL"):
        folder = Path(tempfile.mkdtemp(prefix="toonbank-tests-")) / "pg"
        cluster = embedded.Cluster(folder, embedded.THROW_AWAY).start().ready()
        config.stash[CLUSTER] = cluster
        os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"] = cluster.app_url, cluster.owner_url
    os.environ.setdefault("TOONBANK_DATA", tempfile.mkdtemp(prefix="toonbank-data-"))
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 is slow on purpose


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    cluster = config.stash.get(CLUSTER, None)
    if cluster is not None:
        cluster.delete()
        cluster.folder.parent.rmdir()


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """The owner makes and migrates the test database; what follows connects to it as the application."""
    from django.db import connections
    from django.test.utils import setup_databases, teardown_databases

    from backoffice.core.db.roles import as_owner

    verbosity = request.config.option.verbose
    with django_db_blocker.unblock(), as_owner():
        made = setup_databases(verbosity=verbosity, interactive=False, serialized_aliases=set())
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        teardown_databases(made, verbosity=verbosity)
