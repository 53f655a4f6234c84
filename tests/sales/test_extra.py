"""Extra gegevens: own fields that the shop defines per Soort, asked at desk and till, kept, shown and printed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from backoffice.core.errors import Refusal, Refusals
from backoffice.core.formats import format_date
from pos.models import TillSeat
from sales import history
from sales.documents import confirmation
from sales.models import OrderType, SalesOrder
from sales.services import amending, confirming, drafts
from tests import factories
from tests.pos import counter

pytestmark = pytest.mark.django_db

FIELDS = [
    {"label": "Bouwnummer", "kind": "text", "choices": [], "required": True},
    {"label": "Hoogte", "kind": "number", "choices": [], "required": False},
    {"label": "Passen op", "kind": "date", "choices": [], "required": False},
    {"label": "Kleur lint", "kind": "choice", "choices": ["Rood", "Wit"], "required": False},
]


@pytest.fixture
def s():
    made = counter.shop()
    made.type = OrderType.objects.get(name="Verkooporder")
    made.type.extra_fields = FIELDS
    made.type.save()
    return made


@pytest.fixture
def draft(s):
    return factories.draft(employee=s.office, branch=s.branch, customer=s.customer, items=[(s.riem, 1)])


def say(s, order, **more):
    names = {"bouw": "Bouwnummer", "hoogte": "Hoogte", "passen": "Passen op", "lint": "Kleur lint"}
    values = {"extra_data": {names[word]: text for word, text in more.items()}}
    return drafts.set_header(order_id=order.pk, revision=None, values=values, employee=s.office)


def test_the_shop_defines_its_own_fields_at_soort(client, s):
    client.force_login(s.admin)
    url = reverse("sales:order_type", args=[s.type.pk])
    assert "Bouwnummer" in client.get(url).content.decode()
    rows = {
        "extra_fields-label": ["Bouwnummer", "Kleur lint", ""], "extra_fields-kind": ["text", "choice", "text"],
        "extra_fields-choices": ["", "Rood, Wit, Rood", ""], "extra_fields-required": ["1"],
    }  # fmt: skip
    header = {"name": "Verkooporder", "vat_mode": "inclusive", "deposit_percent": "0", "position": "0", "active": "on"}
    one_choice = rows | {"extra_fields-choices": ["", "Rood", ""], "key": counter.key()}
    refused = client.post(url, header | one_choice)
    assert refused.status_code == 422 and "Kleur lint: noem ten minste twee keuzes" in refused.content.decode()
    twice = rows | {"extra_fields-label": ["Lint", "lint", ""], "key": counter.key()}
    assert "Elk eigen veld heeft een eigen naam." in client.post(url, header | twice).content.decode()
    s.type.refresh_from_db()
    assert s.type.extra_fields == FIELDS
    assert client.post(url, header | rows | {"key": counter.key()}).status_code == 302
    s.type.refresh_from_db()
    assert s.type.extra_fields == [
        {"label": "Bouwnummer", "kind": "text", "choices": [], "required": False},
        {"label": "Kleur lint", "kind": "choice", "choices": ["Rood", "Wit"], "required": True},
    ]


def test_what_is_typed_is_checked_and_kept_as_it_is_shown(s, draft):
    say(s, draft, bouw=" 12a ", hoogte="12.50", passen="1-1-27", lint="Rood")
    draft.refresh_from_db()
    agreed = {"Bouwnummer": "12a", "Hoogte": "12,5", "Passen op": "01-01-2027", "Kleur lint": "Rood"}
    assert draft.extra_data == agreed
    with pytest.raises(Refusals) as refused:
        say(s, draft, hoogte="veel", passen="31-2-2027", lint="Blauw")
    assert [refusal.field for refusal in refused.value.all] == ["extra-1", "extra-2", "extra-3"]
    draft.refresh_from_db()
    assert draft.extra_data == agreed
    say(s, draft, lint="")
    draft.refresh_from_db()
    assert "Kleur lint" not in draft.extra_data and draft.extra_data["Hoogte"] == "12,5"


def test_what_is_required_is_asked_before_the_order_is_confirmed(s, draft):
    with pytest.raises(Refusal) as refused:
        confirming.confirm(order_id=draft.pk, employee=s.office)
    assert (refused.value.message, refused.value.field) == ("Vul Bouwnummer in.", "extra-0")
    say(s, draft, bouw="12a")
    order = confirming.confirm(order_id=draft.pk, employee=s.office)
    assert order.number


def test_another_soort_drops_what_only_the_first_one_asked(s, draft):
    other = OrderType.objects.get(name="Verkooporder zakelijk")
    other.extra_fields = FIELDS[1:2]
    other.save()
    say(s, draft, bouw="12a", hoogte="3")
    drafts.set_header(order_id=draft.pk, revision=None, values={"order_type": other.pk}, employee=s.office)
    draft.refresh_from_db()
    assert draft.extra_data == {"Hoogte": "3"}


def test_screen_version_and_paper_show_it_as_agreed(client, s, draft):
    client.force_login(s.office)
    url = reverse("sales:order", args=[draft.pk])
    assert "Bouwnummer *" in client.get(url).content.decode()
    header, htmx = reverse("sales:header", args=[draft.pk]), {"HX-Request": "true"}
    typed = client.post(header, {"key": counter.key(), "extra-1": "veel"}, headers=htmx)
    assert typed.status_code == 422 and "Hoogte: " in typed.content.decode()
    for name, text in (("extra-0", "12a"), ("extra-3", "Wit")):
        assert client.post(header, {"key": counter.key(), name: text}, headers=htmx).status_code == 200
    order = confirming.confirm(order_id=draft.pk, employee=s.office)
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    say(s, amendment, bouw="14")
    amending.confirm_amendment(order_id=amendment.pk, employee=s.office)
    s.type.extra_fields = []
    s.type.save()
    page = client.get(url).content.decode()
    assert all(text in page for text in ("Bouwnummer", "14", "Kleur lint", "Wit"))
    paper = confirmation.confirmation_html(confirmation.orders().get(pk=order.pk))
    assert "<b>Bouwnummer</b> 14" in paper and "<b>Kleur lint</b> Wit" in paper
    told = [(c["old"], c["new"]) for event in history.shortly(order) for c in event.changes]
    assert ("Bouwnummer: 12a, Kleur lint: Wit", "Bouwnummer: 14, Kleur lint: Wit") in told


def test_the_till_asks_them_at_maak_order(client, s):
    counter.sit(client, s.till, s.seller)
    client.post(reverse("pos:scan"), {"key": counter.key(), "code": factories.code_of(s.riem)})
    client.post(reverse("pos:customer"), {"key": counter.key(), "customer": s.customer.pk})
    page = client.get(reverse("pos:make_order")).content.decode()
    assert f'name="extra-3-{s.type.pk}"' in page and "Bouwnummer *" in page
    basket = TillSeat.objects.get(till=s.till).order
    typed = {
        "order_type": s.type.pk, "delivery_method": basket.delivery_method_id, "employee": s.seller.pk,
        "expected_delivery_date": format_date(timezone.localdate() + timedelta(days=2)),
    }  # fmt: skip

    def place(**more):
        own = {f"{name}-{s.type.pk}": text for name, text in more.items()}
        return client.post(reverse("pos:place"), typed | own | {"key": counter.key()})

    assert "Vul Bouwnummer in." in place(extra_1="x").content.decode()
    wrong = place(**{"extra-0": "9", "extra-1": "hoog"})
    assert wrong.status_code == 422 and "Hoogte: " in wrong.content.decode()
    assert place(**{"extra-0": "9", "extra-1": "1,5"}).status_code == 303
    assert SalesOrder.objects.get(number__gt="").extra_data == {"Bouwnummer": "9", "Hoogte": "1,5"}
