"""Screens of an order's life: start page, stock, picking list, slip, history, and the windows that change an order."""

from datetime import timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from sales.documents.services import packing
from sales.services import amending, cancelling, confirming, lines
from tests import factories


def furnish(s) -> None:
    """An order of which a part left and a part was cancelled, and one that the beheerder is amending; both are late."""
    jeans = list(s.jeans.variants.filter(active=True).order_by("pk")[:2])
    s.part, s.amended = (_late(s, [(jeans[0], 3), (jeans[1], 2), (s.inkorten, 1)]) for _ in range(2))
    first, second, _service = s.part.all_lines
    s.slip = packing.create_slip(
        order_id=s.part.pk, quantities={first.pk: Decimal(2)}, employee=s.office, note="Achterom bezorgen"
    )
    cancelling.cancel(order_id=s.part.pk, quantities={second.pk: Decimal(1)}, employee=s.manager, reason="te klein")
    s.amendment = amending.amend(order_id=s.amended.pk, employee=s.admin)
    lines.add(order_id=s.amendment.pk, items=[(jeans[1].pk, Decimal(1))], employee=s.admin)


def _late(s, items):
    order = factories.draft(employee=s.office, customer=s.customer, items=items)
    day = timezone.localdate() - timedelta(days=2)
    type(order).objects.filter(pk=order.pk).update(order_date=day, expected_delivery_date=day)
    return confirming.confirm(order_id=order.pk, employee=s.office)


def pages(s) -> list[tuple[str, str, str]]:
    """As tests.manual.test_looks.pages."""
    url = reverse
    part, amendment = (url("sales:order", args=[order.pk]) for order in (s.part, s.amendment))
    stock = url("catalog:stock_article", args=[s.jeans.pk])
    variant = s.part.all_lines[0].variant_id
    return [
        ("start", url("home"), ""),
        ("Te laat", url("sales:orders") + "?work=late&sort=due", ""),
        ("Voorraad", url("catalog:stock"), ""),
        ("Voorraad of an article", stock, ""),
        ("Voorraadkaart", url("catalog:stock_card", args=[variant]) + f"?branch={s.branch.pk}", ""),
        ("Telling", url("catalog:stock_count", args=[s.jeans.pk]) + f"?branch={s.branch.pk}", ""),
        ("Correctie", stock + f"?branch={s.branch.pk}", "Correctie"),
        ("Picklijst", url("documents:picklist"), ""),
        ("Pakbon aanmaken", url("documents:slip_new", args=[s.part.pk]), ""),
        ("Pakbon", url("documents:slip", args=[s.slip.pk]), ""),
        ("Pakbon annuleren", url("documents:slip", args=[s.slip.pk]), "Pakbon annuleren"),
        ("Geschiedenis", url("sales:history", args=[s.part.pk]), ""),
        ("order, part delivered and cancelled", part, ""),
        ("Order annuleren", part, "Order annuleren"),
        ("order, being amended", amendment, ""),
        ("Wijziging verwerpen", amendment, "Wijziging verwerpen"),
        ("Ontvangen aanbetalingen", url("payments:deposits_report"), ""),
    ]
