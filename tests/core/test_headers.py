"""What every answer tells the browser, that `check --deploy` finds nothing, and that a refused content is seen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse

from tests import factories

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/inloggen/", "/debiteuren/", "/gezond/", "/nergens/"])
def test_every_answer_carries_them(client, url):
    client.force_login(factories.employee())
    headers = client.get(url).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY" and headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"] and "geolocation=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
def test_cookies_are_for_this_site_and_not_for_scripts(client, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    factories.employee("seller", factories.branch(), email="sanne@example.com")
    answer = client.post(reverse("login"), {"username": "sanne@example.com", "password": factories.PASSWORD})
    session = answer.cookies["sessionid"]
    assert session["secure"] and session["httponly"] and session["samesite"] == "Lax"
    assert answer.cookies["csrftoken"]["samesite"] == "Lax" and answer.cookies["csrftoken"]["secure"]


def test_the_check_for_production_finds_nothing():
    environment = {
        "PATH": os.environ["PATH"], "SECRET_KEY": "a long random text for this test alone, 0123456789 abcdefghij",
        "ALLOWED_HOSTS": "winkel.example.nl", "DATABASE_URL": "postgresql://app:x@localhost/t",
        "DATABASE_OWNER_URL": "postgresql://owner:x@localhost/t", "EMAIL_URL": "smtp://user:x@mail.example.nl:587?tls=1",
    }  # fmt: skip
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), done.stderr


@pytest.mark.django_db(transaction=True)
def test_what_the_policy_refuses_is_reported(browser, live_server):
    """The collector of the page fixture sees an inline script and an inline style."""
    from tests.conftest import CSP_REPORTS

    page, told = browser.new_page(), []
    page.add_init_script(CSP_REPORTS)
    page.expose_function("cspReport", lambda one: told.append(one))
    page.goto(f"{live_server.url}/inloggen/")
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.bad = 1";
            document.body.append(script);
            document.body.insertAdjacentHTML("beforeend", '<p style="color: red">x</p>');
        }"""
    )
    page.wait_for_timeout(300)
    assert sorted(one.split()[0] for one in told) == ["script-src-elem", "style-src-attr"]
    assert page.evaluate("window.bad") is None
    page.close()
