"""Colours are put in order by Omhoog and Omlaag, by keyboard and by touch; every matrix follows."""

import pytest
from django.urls import reverse

from backoffice.catalog.models import Colour
from backoffice.catalog.services import colours
from backoffice.core.errors import Refusal
from backoffice.core.keys import new_key
from backoffice.core.models import JournalEntry
from tests import factories


def order() -> list[str]:
    return list(Colour.objects.values_list("label", flat=True))


def move(label, steps, who, **more):
    branch = who.home_branch or factories.branch()
    return colours.move(
        colour_id=Colour.objects.get(label=label).pk, steps=steps, branch_id=branch.pk, employee=who, **more
    )


@pytest.mark.django_db
def test_a_colour_goes_up_and_down_once_per_key_and_stays_at_the_edge():
    admin = factories.employee("admin", factories.branch())
    for label, position in (("Zwart", 0), ("Wit", 0), ("Navy", 7)):
        factories.colour(label, position=position)
    assert order() == ["Wit", "Zwart", "Navy"]
    key = new_key()
    for _twice in range(2):
        move("Navy", -1, admin, key=key)
    assert order() == ["Wit", "Navy", "Zwart"]
    move("Wit", -1, admin)
    move("Zwart", 1, admin)
    assert order() == ["Wit", "Navy", "Zwart"]
    assert list(Colour.objects.values_list("position", flat=True)) == [1, 2, 3]
    entry = JournalEntry.objects.get(action="setup.colour.moved")
    assert entry.data == {"from": 3, "to": 2}
    with pytest.raises(Refusal) as refused:
        move("Wit", 1, factories.employee("manager", admin.home_branch))
    assert (refused.value.code, order()) == ("setup.right", ["Wit", "Navy", "Zwart"])


@pytest.mark.django_db
def test_a_new_colour_stands_below_the_others(client):
    factories.colour("Zwart", position=4)
    client.force_login(factories.employee("admin", factories.branch()))
    assert client.post(reverse("catalog:colour_new"), {"label": "Anijs", "key": new_key()}).status_code == 302
    assert order() == ["Zwart", "Anijs"]


@pytest.mark.django_db(transaction=True)
def test_the_list_moves_by_keyboard_and_by_touch_and_keeps_the_focus(new_page, login):
    admin = factories.employee("admin", factories.branch())
    for label in ("Zwart", "Wit", "Navy"):
        factories.colour(label)
    page = new_page(has_touch=True)
    login(page, admin)
    page.goto("/beheer/kleuren/")
    rows = page.locator("#setup-rows tr")
    page.get_by_role("button", name="Navy omhoog").focus()
    page.keyboard.press("Enter")
    rows.nth(1).get_by_text("Navy").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Navy omhoog"
    page.get_by_role("button", name="Zwart omlaag").tap()
    rows.nth(0).get_by_text("Navy").wait_for()
    assert order() == ["Navy", "Zwart", "Wit"]
    assert page.get_by_role("button", name="Navy omhoog").is_disabled()
