"""What the views of the order screen answer, asked without a browser."""

import pytest
from django.urls import reverse

from backoffice.core.errors import Busy
from backoffice.core.keys import new_key
from sales.models import SalesOrder
from sales.services import confirming, drafts, lines
from tests import factories
from tests.sales.order_shop import pieces, shop
from tests.sales.test_order_screen import fresh

pytestmark = pytest.mark.django_db(transaction=True)


def test_views_keep_to_the_branch_and_to_their_method(client):
    s = shop()
    elsewhere = factories.branch("Amersfoort")
    theirs = factories.draft(employee=s.office, branch=elsewhere, items=[(s.wit40, 1)])
    client.force_login(s.seller, backend="backoffice.relations.backends.DeskBackend")
    assert client.get(reverse("sales:order", args=[theirs.pk])).status_code == 404
    assert client.get(reverse("sales:order", args=[10**9])).status_code == 404
    line = theirs.all_lines[0]
    for name, args in (
        ("header", []), ("discard", []), ("vat_mode", []), ("discount", []), ("confirm", []), ("scan", []),
        ("line", [line.pk]), ("line_move", [line.pk]), ("line_copy", [line.pk]), ("line_delete", [line.pk]),
    ):  # fmt: skip
        url = reverse(f"sales:{name}", args=[theirs.pk, *args])
        values = {"key": new_key(), "code": "90140", "vat_mode": "exclusive", "subject": "x", "text": "x"}
        assert client.post(url, values).status_code == 404, name
        if name != "discard":
            assert client.get(url).status_code == 405, name
    assert client.get(reverse("sales:create")).status_code == 405
    assert pieces(theirs) == [("Wit 40", 1)]


def test_a_field_that_is_sent_again_because_its_answer_was_lost_is_answered_again(client):
    s = shop()
    order = factories.draft(employee=s.office, branch=s.branch, items=[(s.wit40, 1)])
    client.force_login(s.office)
    sent = {"key": new_key(), "customer": s.customer.pk, "revision": order.revision}
    for _ in range(2):
        answer = client.post(f"/verkoop/verkooporders/{order.pk}/kop/", sent, headers={"HX-Request": "true"})
        assert answer.status_code == 200 and "Vermeer" in answer.content.decode()
    assert (fresh(order).customer, fresh(order).revision) == (s.customer, order.revision + 1)


def test_who_confirms_what_is_being_confirmed_is_not_told_that_it_is_not(client, monkeypatch):
    s = shop()
    order = factories.draft(employee=s.office, branch=s.branch, customer=s.customer, items=[(s.wit40, 1)])

    def busy(**_values):
        raise Busy("Dit wordt nog verwerkt. Probeer het zo nog eens.")

    monkeypatch.setattr(confirming, "confirm", busy)
    client.force_login(s.office)
    sent = {"key": new_key(), "revision": order.revision}
    answer = client.post(f"/verkoop/verkooporders/{order.pk}/bevestigen/", sent, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (409, b"") and "wordt nog verwerkt" in answer.headers["HX-Trigger"]


def test_nieuw_is_a_post_that_redirects_to_the_order(client):
    s = shop()
    client.force_login(s.seller, backend="backoffice.relations.backends.DeskBackend")
    answer = client.post(reverse("sales:create"), {"key": new_key()})
    order = SalesOrder.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("sales:order", args=[order.pk]))
    assert "Nieuwe verkooporder" in client.get(answer["Location"]).content.decode()


def test_the_answer_to_a_scan_stays_small_in_a_long_order(client, django_assert_max_num_queries):
    s = shop()
    socks = factories.article("60001", "Sok", "9.95", colours=["Wit", "Zwart", "Navy"], sizes=range(20))
    others = [(v, 1) for v in socks.variants.all()]
    order = factories.draft(employee=s.office, items=[*others, (s.wit40, 1)])
    client.force_login(s.office, backend="backoffice.relations.backends.DeskBackend")
    url = reverse("sales:scan", args=[order.pk])
    code = factories.code_of(s.wit40)
    with django_assert_max_num_queries(7 + 3 + 2):  # the action, who it is, BEGIN and COMMIT
        answer = client.post(url, {"key": new_key(), "code": code}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert len(answer.content) < 6000
    assert '"4 + 1"' not in answer["HX-Trigger"] and "1 + 1" in answer["HX-Trigger"]
    again = client.post(url, {"key": new_key(), "code": factories.code_of(s.wit42)}, headers={"HX-Request": "true"})
    assert len(again.content) < 8000


def test_texts_are_escaped_everywhere(client):
    s = shop()
    order = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 1)])
    evil = "<script>alert(1)</script>"
    values = {"text": evil}
    lines.set_line(order_id=order.pk, line_id=order.all_lines[0].pk, revision=None, values=values, employee=s.office)
    drafts.set_header(order_id=order.pk, revision=None, values={"subject": evil, "note": evil}, employee=s.office)
    client.force_login(s.office, backend="backoffice.relations.backends.DeskBackend")
    assert evil not in client.get(reverse("sales:order", args=[order.pk])).content.decode()
    confirming.confirm(order_id=order.pk, employee=s.office)
    assert evil not in client.get(reverse("sales:order", args=[order.pk])).content.decode()
