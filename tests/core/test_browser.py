"""The browser tests' own ground: a Dutch chromium that reaches the live server, logged in as an employee."""

import pytest
from django.contrib.auth import get_user_model


@pytest.mark.django_db(transaction=True)
def test_an_employee_is_logged_in_in_a_dutch_browser(page, login):
    employee = get_user_model().objects.create(number="1", name="Sanne de Wit", email="sanne@example.nl")
    login(page, employee)
    response = page.goto("/bestaat-niet/")
    assert response.status == 404
    assert page.evaluate("[navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone]") == [
        "nl-NL",
        "Europe/Amsterdam",
    ]
    assert page.viewport_size == {"width": 1366, "height": 768}
    assert page.locator("html").get_attribute("lang") == "nl"
    assert "sessionid" in {cookie["name"] for cookie in page.context.cookies()}
