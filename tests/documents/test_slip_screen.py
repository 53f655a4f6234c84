"""Pakbon aanmaken: what the screen answers, without a browser."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.core.keys import new_key
from sales.documents.models import PackingSlip
from sales.models import SalesOrder
from tests import factories
from tests.bench.measure import EDGES, WHO
from tests.sales.delivery_shop import confirmed, level, line_of, receive, state
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold(client):
    s = shop()
    receive(s.branch, s.office, (s.wit40, 3), (s.riem, 1))
    s.order = confirmed(s, [(s.wit40, 4), (s.riem, 2), (s.inkorten, 1)], text="Vrijdag voor 12 uur")
    s.url = reverse("documents:slip_new", args=[s.order.pk])
    client.force_login(s.seller)
    return s


def post(client, s, **values):
    typed = {f"quantity-{line_of(s.order, variant).pk}": text for variant, text in values.pop("pieces", ())}
    return client.post(s.url, {"key": new_key(), "country": "NL"} | typed | values)


def test_filled_in_is_what_is_open_and_there(client, sold):
    rows = [row for row in client.get(sold.url).context["rows"] if "pick" in row]
    assert [(row["pick"].open, row["pick"].on_hand, row["bound"].value()) for row in rows] == [
        (4, 3, "3"), (2, 1, "1"), (1, None, "1"),
    ]  # fmt: skip


def test_one_variant_on_two_lines_is_filled_in_once(client, sold):
    line = line_of(sold.order, sold.wit40)
    line.pk, line.key, line.position, line.quantity = None, new_key(), 99, Decimal(1)
    line.save(force_insert=True)
    rows = [row for row in client.get(sold.url).context["rows"] if "pick" in row]
    assert [row["bound"].value() for row in rows] == ["3", "1", "1", "0"]


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("5", "Van Oxford-overhemd Kade Wit 40 is nog 4 te leveren; ingevuld is 5."),
        ("1,5", "Dit artikel gaat per heel stuk: vul een heel aantal in."),
        ("-1", "Het aantal moet hoger zijn dan nul."),
        ("2950000001133", "lijkt op een barcode"),
        ("drie", "“drie” is geen aantal."),
    ],
)
def test_wrong_input_is_marked_and_kept_and_nothing_happens(client, sold, text, sentence):
    before = state(sold.order)
    answer = post(client, sold, pieces=[(sold.wit40, text), (sold.riem, "1")], note="Achterom")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page and f'value="{text}"' in page and "Achterom" in page
    name = f"quantity-{line_of(sold.order, sold.wit40).pk}"
    assert answer.context["form"][name].errors and not PackingSlip.objects.exists()
    assert state(sold.order) == before


def test_nothing_filled_in_and_half_an_address_are_refused(client, sold):
    assert "Vul bij ten minste één regel in wat er meegaat." in post(client, sold).content.decode()
    answer = post(client, sold, pieces=[(sold.riem, "1")], elsewhere="on", name="J. de Buurman")
    assert answer.status_code == 422 and answer.context["form"]["street"].errors
    assert 'value="J. de Buurman"' in answer.content.decode()


def test_a_note_that_is_too_long_and_another_country_are_refused(client, sold):
    answer = post(client, sold, pieces=[(sold.riem, "1")], note="x" * 501)
    assert answer.status_code == 422 and answer.context["form"]["note"].errors
    answer = post(client, sold, pieces=[(sold.riem, "1")], elsewhere="on", country="XX")
    assert answer.status_code == 422 and answer.context["form"]["country"].errors


def test_without_the_deposit_a_manager_gives_a_reason(client, sold):
    custom = factories.order_type("Maatwerk", deposit_percent=Decimal(30))
    SalesOrder.objects.filter(pk=sold.order.pk).update(order_type=custom)
    answer = post(client, sold, pieces=[(sold.riem, "1")], override_reason="Vaste klant")
    assert answer.status_code == 422 and "Neem eerst de aanbetaling aan" in answer.content.decode()
    assert "override_reason" not in answer.context["form"].fields
    client.force_login(sold.manager)
    answer = post(client, sold, pieces=[(sold.riem, "1")])
    assert answer.context["form"]["override_reason"].errors
    assert post(client, sold, pieces=[(sold.riem, "1")], override_reason="Vaste klant").status_code == 303
    assert PackingSlip.objects.get().delivery.override_reason == "Vaste klant"


def test_the_same_form_twice_makes_one_slip(client, sold):
    key = new_key()
    first, again = (post(client, sold, pieces=[(sold.riem, "1")], key=key) for _ in range(2))
    assert (first.url, PackingSlip.objects.count(), level(sold.branch, sold.riem)) == (again.url, 1, (0, 1))


def test_what_is_all_delivered_has_no_screen(client, sold):
    post(client, sold, pieces=[(sold.wit40, "4"), (sold.riem, "2"), (sold.inkorten, "1")])
    assert client.get(sold.url).status_code == 422
    assert post(client, sold, pieces=[(sold.riem, "1")]).status_code == 422


def test_a_slip_of_ten_lines_takes_fifteen_statements(client, sold):
    sock = factories.article("60001", "Sok", "9.95", colours=["Wit", "Zwart"], sizes=range(5))
    post(client, sold, pieces=[(sold.riem, "1")])  # the series and the journal exist already
    sold.order = confirmed(sold, [(variant, 2) for variant in sock.variants.all()])
    sold.url = reverse("documents:slip_new", args=[sold.order.pk])
    with CaptureQueriesContext(connection) as captured:
        answer = post(client, sold, pieces=[])
    assert answer.status_code == 422
    typed = {f"quantity-{line.pk}": "1" for line in sold.order.lines.all()}
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(sold.url, {"key": new_key(), "country": "NL"} | typed)
    assert answer.status_code == 303
    texts = [query["sql"] for query in captured.captured_queries]
    own = [text for text in texts if not text.startswith(EDGES) and not any(who in text for who in WHO)]
    assert len(own) <= 15, own


def scan(client, s, code, **values):
    url = reverse("documents:slip_scan", args=[s.order.pk])
    return client.post(url, {"code": code, "quantity": "1", "key": new_key()} | values)


def test_an_article_that_was_switched_off_is_still_picked(client, sold):
    sold.wit40.active = False
    sold.wit40.save()
    answer = scan(client, sold, factories.code_of(sold.wit40))
    assert answer.status_code == 200 and '"state": "known"' in answer.headers["HX-Trigger"]


def test_a_barcode_of_the_article_asks_for_the_size_where_there_are_more(client, sold):
    line = line_of(sold.order, sold.wit40)
    assert scan(client, sold, "48211").status_code == 200  # one size of it on this order
    line.pk, line.key, line.position, line.variant, line.size_label = None, new_key(), 99, sold.wit42, "42"
    line.save(force_insert=True)
    assert scan(client, sold, "48211").status_code == 422


@pytest.mark.parametrize("code", ["", "x" * 300, "NIETSVANDIT", "2950000001134", "*", "' OR 1=1"])
def test_a_code_that_says_nothing_changes_nothing(client, sold, code):
    before = state(sold.order)
    answer = scan(client, sold, code)
    assert answer.status_code == 422 and '"state": "unknown"' in answer.headers["HX-Trigger"]
    assert (answer.content, state(sold.order)) == (b"", before)


def test_five_times_gives_five_or_nothing(client, sold):
    code, name = factories.code_of(sold.wit40), f"quantity-{line_of(sold.order, sold.wit40).pk}"
    assert 'value="3"' in scan(client, sold, code, quantity="3", counting="1").content.decode()
    assert 'value="4"' in scan(client, sold, code, quantity="3", counting="1", **{name: "1"}).content.decode()
    assert scan(client, sold, code, quantity="3", counting="1", **{name: "2"}).status_code == 422
    assert scan(client, sold, code, quantity="0").status_code == 422
