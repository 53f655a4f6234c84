"""A till's cookies in a second browser, and wrong PIN codes, as people see them."""

import os
from pathlib import Path

import pytest
from django.urls import reverse

from backoffice.core.models import JournalEntry
from backoffice.relations.models import Till
from pos.models import PinFailures
from tests import factories
from tests.manual.kassa import TOUCH, ready, register, shop, start, total
from tests.scanner import scan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def s(db):
    return shop()


def look(page, name: str) -> None:
    """With LOOK=folder a picture is taken."""
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_a_browser_with_the_tills_cookies_is_put_out_and_the_till_sells_on(new_page, live_server, login, s):
    page = new_page(**TOUCH)
    register(page, live_server, login, s.manager, s.till)
    start(page, "Marieke de Wit")
    copy = new_page(**TOUCH)
    copy.context.add_cookies([one for one in page.context.cookies() if one["name"] == "till_device"])
    copy.goto(reverse("pos:till"))
    ready(copy)  # as good as the till itself, until the next unlock
    page.get_by_role("button", name="Vergrendelen").tap()
    page.get_by_role("button", name="Ontgrendelen").wait_for()
    start(page, "Marieke de Wit")
    Till.objects.update(device_formers={})  # a minute later
    copy.get_by_role("button", name="Riem Tuig").tap()
    copy.get_by_role("heading", name="Inloggen").wait_for()
    copy.get_by_text("Deze browser is Kassa 1 niet meer. Log in, en laat hem opnieuw registreren.").wait_for()
    look(copy, "copy-login")
    assert JournalEntry.objects.filter(action="till.device.copied").count() == 1
    scan(page, factories.code_of(s.wit40))
    total(page, "€ 49,95")
    login(copy, s.seller)
    copy.goto(reverse("pos:start"))
    copy.get_by_text("Deze browser is nog geen kassa").wait_for()
    look(copy, "copy-tills")


def test_a_manager_whose_code_is_guessed_waits_and_the_cashier_does_not(new_page, live_server, login, s):
    page = new_page(**TOUCH)
    register(page, live_server, login, s.manager, s.till)
    page.goto(reverse("pos:unlock"))
    for guess in ("4811", "4812", "4813", "4814", "4815"):
        page.get_by_text(s.manager.name, exact=True).tap()
        page.get_by_label("Pincode").fill(guess)
        page.get_by_role("button", name="Ontgrendelen").tap()
        page.get_by_role("alert").wait_for()
    page.get_by_text(f"Te vaak een verkeerde pincode van {s.manager.name}. Wacht nog").wait_for()
    look(page, "pin-waits")
    start(page, s.seller.name)
    assert PinFailures.objects.get(count__gt=0).employee == s.manager
