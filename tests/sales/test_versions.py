"""Versions: each holds all that its paper needs, and two of them tell what differs."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.core.keys import new_key
from sales import history
from sales.documents import confirmation
from sales.models import OrderLine, OrderVersion, SalesOrder
from sales.services import amending, cancelling, confirming, drafts, lines, versions
from sales.services.amending import AGREED, AGREED_LINE
from tests import factories
from tests.sales.living import confirmed, hand_over, line_of, pay
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db


def rich(s) -> SalesOrder:
    """An order with a bit of everything: discounts, texts, an address to deliver at, another VAT rate."""
    draft = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 4), (s.inkorten, 2), (s.riem, 1)])
    on = {"order_id": draft.pk, "employee": s.office}
    values = {
        "delivery_method": factories.delivery_method("Bezorgen").pk, "subject": "Bedrijfskleding", "reference": "PO 77",
        "time_window": "9-12", "note": "Belt vooraf",
    }  # fmt: skip
    drafts.set_header(**on, revision=None, values=values)
    line = line_of(draft, s.wit40)
    cells = {"text": "Mouw inkorten", "discount": ("percent", Decimal(5))}
    lines.set_line(**on, line_id=line.pk, revision=None, values=cells)
    lines.add_text(**on, text="Bel vooraf")
    drafts.set_discount(**on, amount=Decimal("2.50"))
    return confirming.confirm(**on)


def paper(order: SalesOrder) -> str:
    return confirmation.confirmation_html(confirmation.orders().get(pk=order.pk))


def drawn_again(version: OrderVersion) -> str:
    order, _lines, _vat_rows = versions.rebuild(version)
    return confirmation.confirmation_html(order)


def test_the_paper_of_a_version_is_the_paper_of_then_whatever_changed_since():
    s = shop()
    order = rich(s)
    papers = {1: paper(order)}
    cancelling.cancel(
        order_id=order.pk, employee=s.office, quantities={line_of(order, s.wit40).pk: Decimal(1)}, reason="Te veel"
    )
    papers[2] = paper(order)
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    drafts.set_vat_mode(order_id=amendment.pk, vat_mode="exclusive", employee=s.office)
    lines.delete(order_id=amendment.pk, line_ids=[line_of(amendment, s.riem).pk], employee=s.office)
    amending.confirm_amendment(order_id=amendment.pk, employee=s.office)
    papers[3] = paper(order)
    assert len(set(papers.values())) == 3
    # the shop changes: its letterhead, names, the customer's address, what things are called
    s.branch.name, s.branch.iban, s.branch.phone = "Elders", "NL02ABNA0123456789", "030-1"
    s.branch.save()
    s.office.name = "Andere Naam"
    s.office.save()
    s.customer.addresses.update(street="Nieuwstraat")
    type(order.delivery_method).objects.filter(pk=order.delivery_method_id).update(name="Anders")
    found = OrderVersion.objects.filter(order=order).order_by("version")
    assert {version.version: drawn_again(version) for version in found} == papers


def test_rebuilding_reads_nothing_and_saves_nothing():
    s = shop()
    order = rich(s)
    version = OrderVersion.objects.get(order=order)
    with CaptureQueriesContext(connection) as captured:
        again, rows, vat_rows = versions.rebuild(version)
        assert next(line.title for line in rows) == "Oxford-overhemd Kade Wit 40"
        assert (again.branch.name, again.order_type.name, again.employee.name) == (
            "Utrecht Oudegracht", "Verkooporder", "Sanne Bakker",
        )  # fmt: skip
        assert sum(row.gross.amount for row in vat_rows) == again.gross.amount == order.gross.amount
    assert len(captured) == 0
    assert all(line.pk is None for line in rows)


def test_every_column_of_an_order_and_a_line_is_agreed_copied_or_known_not_to_be():
    """A new column must be put in its place: else an amendment would lose it, or a version would not tell of it."""
    fields = {field.name for field in SalesOrder._meta.concrete_fields}
    own = {
        "id", "number", "channel", "till", "revision", "entered_at", "entered_by", "entered_at_branch", "due_sort",
        "net", "vat", "gross", "paid_total", "quotation", "lifecycle", "delivery_state", "cancel_state",
        "payment_state", "status", "version", "amends", "copied_from", "converted_to", "claimed_by", "claimed_till",
        "claimed_at", "confirmed_at", "confirmed_by", "changed_at", "changed_by", "parked_name", "listed",
        "search_text", "currency",
    }  # fmt: skip
    assert fields - set(AGREED) == own
    kept = {*versions.HEADER, *versions.PERSONAL, *versions.READ_ALONG}
    assert set(AGREED) <= kept | {"customer_sort"}  # made of the customer's name, and shown nowhere
    of_line = {field.attname for field in OrderLine._meta.concrete_fields}
    assert set(AGREED_LINE) <= of_line


def test_what_differs_is_told_per_field_and_line_and_personal_values_stand_apart():
    s = shop()
    order = rich(s)
    other = factories.customer("Bakker", email="bakker@example.com")
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    values = {"customer": other.pk, "expected_delivery_date": datetime.date(2027, 1, 4)}
    drafts.set_header(order_id=amendment.pk, revision=None, values=values, employee=s.office, sure=True)
    amending.confirm_amendment(order_id=amendment.pk, employee=s.office)
    first, second = OrderVersion.objects.filter(order=order).order_by("version")
    stored = {change["label"]: change for change in second.changes}
    assert stored["Debiteur"]["personal"] and (stored["Debiteur"]["old"], stored["Debiteur"]["new"]) == ("", "")
    assert stored["Verwachte leverdatum"]["new"] == "04-01-2027"
    assert "Vermeer" not in str(second.changes) and "Bakker" not in str(second.changes)
    told = {change["label"]: (change["old"], change["new"]) for change in versions.between(first, second)}
    assert told["Debiteur"] == ("Anna Vermeer", "Anna Bakker")
    assert told["E-mailadres"] == ("", "bakker@example.com")
    assert "3511 AB Amersfoort" in told["Bezorgadres"][0] and "Utrecht" in told["Bezorgadres"][1]


def test_history_tells_versions_deliveries_and_take_overs_in_order():
    s = shop()
    order = confirmed(s)
    amending.amend(order_id=order.pk, employee=s.office)
    taken = amending.amend(order_id=order.pk, employee=s.manager, take_over=True)
    amending.discard_amendment(order_id=taken.pk, employee=s.manager)
    hand_over(order, s.wit40, 3, s.seller)
    hand_over(order, s.wit40, 1, s.seller)
    cancelling.cancel(order_id=order.pk, employee=s.office, reason="Klaar zo")
    told = [(event.text, event.who) for event in history.events_of(order)]
    assert told == [
        ("Geannuleerd, versie 2", "Sanne Bakker"),
        ("1 stuk geleverd", "Marieke de Wit"),
        ("3 stuks geleverd", "Marieke de Wit"),
        ("Wijziging verworpen", "Joris van Dam"),
        ("Wijziging overgenomen", "Joris van Dam"),
        ("Bevestigd, versie 1", "Sanne Bakker"),
    ]
    assert [event.text for event in history.shortly(order, 2)] == [text for text, _who in told[:2]]


def test_a_higher_floor_says_how_its_actions_read(monkeypatch):
    from backoffice.core import journal
    from backoffice.relations import journal_words

    s = shop()
    order = confirmed(s)
    journal.write(
        branch_id=s.branch.pk, employee=s.office, action="payments.test", about=order, data={"amount": "5.00"}
    )
    monkeypatch.setitem(journal_words.ACTIONS, "payments.test", lambda data: f"Betaald {data['amount']}")
    event = history.events_of(order)[0]
    assert (event.text, event.kind) == ("Betaald 5.00", "money")


def test_the_list_and_the_customer_leave_amendments_and_offertes_out(client):
    from tests.sales.test_convert import quotation

    s = shop()
    order = confirmed(s)
    offer = quotation(s)
    pay(order, "24.80")
    amending.amend(order_id=order.pk, employee=s.office)
    client.force_login(s.office)
    page = client.get(reverse("sales:orders") + "?status=open").content.decode()
    assert order.number in page and offer.number not in page
    page = client.get(reverse("sales:orders") + "?status=quotation").content.decode()
    assert offer.number in page and order.number not in page
    page = client.get(reverse("sales:orders") + "?payment=none").content.decode()
    assert offer.number not in page
    side = client.get(reverse("sales:side", args=[order.pk])).content.decode()
    assert "€\u00a0200,00" in side


def test_one_form_twice_is_one_amendment_and_the_second_answer_goes_to_the_order(client):
    s = shop()
    order = confirmed(s)
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    drafts.set_header(order_id=amendment.pk, revision=None, values={"subject": "Spoed"}, employee=s.office)
    client.force_login(s.office)
    form = {"key": new_key()}
    told = [client.post(reverse("sales:confirm", args=[amendment.pk]), form).url for _ in range(2)]
    assert told == [f"/verkoop/verkooporders/{order.pk}/?gewijzigd=2"] * 2
    assert "Betreft" in client.get(told[0]).content.decode()
    assert order.versions.count() == 2
