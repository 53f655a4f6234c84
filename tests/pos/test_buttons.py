"""Knoppen: which buttons a till shows, where and in which colour, set in the backoffice."""

import pytest
from django.urls import reverse

from backoffice.core.models import JournalEntry
from pos.models import TillLayout
from tests.manual.kassa import TOUCH, ready, shop
from tests.pos import counter
from tests.settled import settled

pytestmark = pytest.mark.django_db(transaction=True)


def test_buttons_are_set_by_keyboard_and_the_till_shows_them_so(new_page, live_server, login):
    s = shop()
    desk = new_page()
    login(desk, s.manager)
    desk.goto(reverse("pos:layout", args=[TillLayout.objects.get().pk]))
    desk.get_by_role("link", name="Knoppen", exact=True).press("Enter")
    desk.get_by_label("Plaats Lade open").focus()
    desk.keyboard.type("Bov")
    desk.get_by_label("Plaats Kies Order").select_option("Menu")
    desk.get_by_label("Plaats Tussenstand (X)").select_option("Niet tonen")
    desk.get_by_role("radiogroup", name="Kleur Lade open").get_by_label("3").press("Space")
    desk.get_by_role("button", name="Opslaan").press("Enter")
    desk.get_by_text("De knoppen zijn opgeslagen.").wait_for()
    for _up in range(6):
        desk.get_by_role("button", name="Lade open omhoog").press("Enter")
        settled(desk)
    assert [row["name"] for row in TillLayout.objects.get().buttons][:2] == ["drawer", "choose_order"]

    jar = type("Jar", (), {"cookies": {}})
    counter.sit(jar, s.till, s.manager)
    page = new_page(**TOUCH)
    page.context.add_cookies([{"name": "till_device", "value": jar.cookies["till_device"], "url": live_server.url}])
    page.goto(reverse("pos:till"))
    ready(page)
    bar = page.locator(".till-bar > .btn")
    assert [text.strip().split("\n")[0] for text in bar.all_inner_texts()] == [
        "Lade open", "Orderwachtrij", "Bon in de wacht",
    ]  # fmt: skip
    assert bar.first.get_attribute("data-tint") == "3"
    page.get_by_role("button", name="Menu van de kassa").tap()
    assert page.get_by_role("link", name="Kies Order").is_visible()
    assert page.get_by_text("Tussenstand (X)").count() == 0


def test_too_many_or_unknown_buttons_are_refused_and_nothing_changes(client):
    s = shop()
    client.force_login(s.manager)
    layout = TillLayout.objects.get()
    names = ["choose_order", "queue", "park", "drawer"]
    full = {"button": names} | {f"place-{name}": "bar" for name in names}
    for values in (full, {"button": ["explode"], "place-explode": "bar"}, {"button": ["queue", "queue"]}):
        answer = client.post(reverse("pos:layout_buttons", args=[layout.pk]), {"key": counter.key()} | values)
        assert answer.status_code == 422
    layout.refresh_from_db()
    assert layout.buttons == [] and not JournalEntry.objects.filter(action="till.buttons_set").exists()
