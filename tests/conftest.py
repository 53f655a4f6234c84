"""How the tests run: on a PostgreSQL of their own, under the application's role, in a real browser.

Without DATABASE_URL one throw-away server serves the whole run. With it (and DATABASE_OWNER_URL) that server is
used: the owner must be allowed to create databases. Services run under the application's role; creating, migrating
and emptying are the owner's.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Set
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from backoffice.core.db import embedded

# how long an example takes says what else the machine does, not whether the code is right; new examples are for soaks
hypothesis_settings.register_profile("steady", deadline=None, derandomize="SOAK" not in os.environ)
hypothesis_settings.load_profile("steady")

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
FOLDER, CLUSTER = pytest.StashKey[Path](), pytest.StashKey[embedded.Cluster]()
OWN_CLUSTER = "TESTS_OWN_CLUSTER"  # says to the workers of xdist that the whole server goes at the end
# every refusal of the content security policy, also one that reports alone would tell
CSP_REPORTS = """
document.addEventListener("securitypolicyviolation", (event) => {
  const { effectiveDirective, blockedURI, sourceFile, lineNumber, sample } = event;
  window.cspReport(`${effectiveDirective} ${blockedURI} ${sourceFile}:${lineNumber} ${sample}`);
});
"""
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "chromium")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    if not hasattr(config, "workerinput"):  # a worker of xdist has the environment of the one that started it
        folder = config.stash[FOLDER] = Path(tempfile.mkdtemp(prefix="toonbank-tests-"))
        os.environ["TOONBANK_DATA"] = str(folder)
        if not os.environ.get("DATABASE_URL"):
            cluster = config.stash[CLUSTER] = embedded.Cluster(folder / "pg", embedded.THROW_AWAY)
            cluster.start().ready()
            os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"] = cluster.app_url, cluster.owner_url
            os.environ[OWN_CLUSTER] = "1"
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 is slow on purpose


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    if CLUSTER in config.stash:
        config.stash[CLUSTER].delete()
    if FOLDER in config.stash:
        shutil.rmtree(config.stash[FOLDER], ignore_errors=True)


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
        if OWN_CLUSTER not in os.environ:
            others_left()
            with connections["default"].cursor() as cursor:  # what a worker of jobs in this process still holds
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
                )
            connections.close_all()
            teardown_databases(made, verbosity=verbosity)


@pytest.fixture(autouse=True, scope="session")
def contexts_told():
    """Tell the test client what every template was given (response.context); Django tells it of its own alone."""
    from django.test.signals import template_rendered
    from jinja2 import Template

    drawn = Template.render

    def told(self, context):
        template_rendered.send(sender=self, template=self, context=context)
        return drawn(self, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "render", told)
        yield


@pytest.fixture(scope="session")
def browser(django_db_setup):
    """One chromium for all browser tests of this process; it ends before the database does."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser, live_server):
    """Make a page of its own, with cookies of its own: new_page(), new_page(color_scheme="dark", has_touch=True).

    page.goto("/verkoop/...") is on the live server. A test fails on any script error or refused content of its pages.
    """
    contexts, problems, before = [], [], connected()

    def make(**options):
        options = {"locale": "nl-NL", "timezone_id": "Europe/Amsterdam", "base_url": live_server.url} | options
        context = browser.new_context(**{"viewport": {"width": 1366, "height": 768}} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.add_init_script(CSP_REPORTS)
        page.expose_function("cspReport", lambda told: problems.append(f"refused by the policy: {told}"))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if is_problem(message) else None)
        return page

    yield make
    for context in contexts:
        context.close()
    others_left(before)  # a request on its way would stand across the emptying of the database
    assert problems == []


@pytest.fixture
def page(new_page):
    """A desk: chromium, Dutch, 1366 x 768, on the live server."""
    return new_page()


@pytest.fixture
def login(live_server):
    """login(page, employee): the employee is logged in, without the login screen."""
    from django.conf import settings
    from django.test import Client

    def as_employee(page, employee):
        client = Client()
        client.force_login(employee, backend="backoffice.relations.backends.DeskBackend")
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return as_employee


@pytest.fixture
def english(settings, tmp_path):
    """The English catalogue, compiled from its source and in force; gives its messages."""
    from babel.messages import mofile, pofile
    from django.utils.translation import trans_real

    source = settings.BASE_DIR / "backoffice" / "locale" / "en" / "LC_MESSAGES" / "django.po"
    target = tmp_path / "en" / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    with source.open("rb") as read, target.open("wb") as written:
        catalogue = pofile.read_po(read, locale="en")
        mofile.write_mo(written, catalogue)
    settings.LOCALE_PATHS = [tmp_path]
    trans_real._translations.clear()
    yield catalogue
    trans_real._translations.clear()


def connected() -> set[int]:
    """The backends of PostgreSQL that serve somebody else on this database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        found = {row[0] for row in cursor.fetchall()}
    connection.close()
    return found


def others_left(before: Set[int] = frozenset(), seconds: float = 10) -> None:
    """Wait until the last requests of the live server have given their connections back."""
    until = time.monotonic() + seconds
    while connected() - before and time.monotonic() < until:
        time.sleep(0.1)


def is_problem(message) -> bool:
    """What chromium calls an error, except that it reports every answer of 4xx (a refusal) and a broken line so."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")
