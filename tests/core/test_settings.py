"""The environment is read in one place, and what is wrong in it is named in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from backoffice.settings import Env, database, email

PROJECT = Path(__file__).resolve().parents[2]


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run manage.py with this environment and no other."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "SECRET_KEY is not set"),
        ({"DEBUG": "yes"}, "DEBUG must be 0 or 1, not 'yes'."),
        ({"SECRET_KEY": "x", "DB_POOL_MAX": "-1"}, "DB_POOL_MAX must be a whole number, not '-1'."),
    ],
)
def test_a_wrong_variable_is_named(environment, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        Env.read(environment)


def test_production_is_safe_unless_told_otherwise():
    env = Env.read({"SECRET_KEY": "x"})
    assert (env.debug, env.https, env.allowed_hosts, env.db_pool_max) == (False, True, [], 8)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://jan:p%40ss@db.nl:5433/shop", ("shop", "jan", "p@ss", "db.nl", "5433")),
        ("postgresql://app@/toonbank?host=/run/pg", ("toonbank", "app", "", "/run/pg", "")),
        ("postgres://app@localhost/t", ("t", "app", "", "localhost", "")),
        ("postgresql://app:another secret@db.nl/shop", ("shop", "app", "another secret", "db.nl", "")),
        ("postgresql://app:%40%3A%2F%3F%23%25%20@db.nl/shop", ("shop", "app", "@:/?#% ", "db.nl", "")),
    ],
)
def test_a_database_url(url, expected):
    assert tuple(database("DATABASE_URL", url).values()) == expected


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://a@b/c", "DATABASE_URL must start with postgresql://."),
        ("postgresql:///toonbank", "DATABASE_URL must name a user and a database"),
        ("postgresql://a@b:c/d", "DATABASE_URL has a port that is no number."),
        ("postgresql://app:ge#heim@db.nl/shop", "DATABASE_URL holds a #. In user and password write .* # as %23"),
        ("postgresql://app:12/34@db.nl/shop", "must name a user and a database.* / as %2F"),
        ("postgresql://app:ge/heim@db.nl/shop", "DATABASE_URL has a port that is no number.* / as %2F"),
        ("postgresql://app:12?4@db.nl/shop", "must name a user and a database.*[?] as %3F"),
        ("postgresql://app:g@db.nl/shop?password=a@b", "DATABASE_URL has an @ behind its host"),
        ("postgresql://app:[geheim@db.nl/shop", "In user and password write"),
    ],
)
def test_a_database_url_that_cannot_be_used(url, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        database("DATABASE_URL", url)


def test_an_email_url():
    found = email("smtp://jan:geheim@mail.nl:587?tls=1")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == ("mail.nl", 587, True)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("jan", "geheim")
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must start with"):
        email("imap://mail.nl")


@pytest.mark.parametrize(
    "url", ["smtp://jan:ge#heim@mail.nl", "smtp://jan:12/4@mail.nl", "smtp://", "smtp://mail.nl:ja"]
)
def test_an_email_url_that_cannot_be_used(url):
    with pytest.raises(ImproperlyConfigured, match=r"^EMAIL_URL .* # as %23"):
        email(url)


def test_without_a_database_everything_imports_and_connecting_says_what_to_do():
    assert manage("check", DEBUG="1").returncode == 0
    failed = manage("migrate", DEBUG="1")
    assert failed.returncode != 0
    assert "DATABASE_URL is not set: use `make run`" in failed.stderr and "Traceback" not in failed.stderr


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"SECRET_KEY": "x", "DATABASE_URL": "postgresql://app@127.0.0.1:1/shop"}, "cannot be used: connection failed"),
        ({"SECRET_KEY": "x", "DATABASE_URL": "postgresql://app:a#b@h/shop"}, "DATABASE_URL holds a #."),
        ({"DATABASE_URL": "postgresql://app@h/shop"}, "SECRET_KEY is not set"),
    ],
)
def test_a_command_that_cannot_begin_says_why_in_a_sentence(environment, told):
    failed = manage("migrate", **environment)
    assert failed.returncode == 1
    assert told in failed.stderr and "Traceback" not in failed.stderr


def test_production_never_starts_the_embedded_database_by_itself():
    failed = manage("serve", SECRET_KEY="x")
    assert failed.returncode == 1
    assert "DATABASE_URL is not set: the embedded database serves production only" in failed.stderr


PRODUCTION = {
    "SECRET_KEY": "abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFGHIJKLMNOP",
    "ALLOWED_HOSTS": "shop.nl",
    "EMAIL_URL": "smtp://mail.shop.nl",
}
ONE_URL = {"DATABASE_URL": "postgresql://app@localhost/toonbank"}


def test_the_deployment_check_is_clean_and_warns_of_one_role():
    two = manage(
        "check", "--deploy", "--fail-level=WARNING",
        **PRODUCTION, **ONE_URL, DATABASE_OWNER_URL="postgresql://owner@localhost/toonbank",
    )  # fmt: skip
    assert (two.returncode, two.stdout.strip()) == (0, "System check identified no issues (0 silenced).")
    one = manage("check", "--deploy", "--fail-level=WARNING", **PRODUCTION, **ONE_URL)
    assert one.returncode == 1
    assert "toonbank.W001" in one.stderr


@pytest.mark.parametrize("url", ["", "console:"])
def test_the_deployment_check_says_that_no_mail_leaves(url):
    two = ONE_URL | {"DATABASE_OWNER_URL": "postgresql://owner@localhost/toonbank"}
    done = manage("check", "--deploy", "--fail-level=WARNING", **PRODUCTION | two | {"EMAIL_URL": url})
    assert done.returncode == 1
    assert "(toonbank.W003) EMAIL_URL is not set, or is console: no mail leaves" in done.stderr
    assert "1 issue" in done.stderr


def test_only_on_a_developers_machine_mail_is_printed_unless_told_otherwise():
    assert Env.read({"DEBUG": "1"}).email_url == "console:"
    assert Env.read({"SECRET_KEY": "x"}).email_url == ""
    assert email("") == {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
