"""The brand is copied onto the line at adding, and stands with its article in the grid and on the confirmation."""

import re

import pytest
from django.urls import reverse

from sales.documents import confirmation
from sales.services import confirming, lines
from tests import factories
from tests.markup import compact

pytestmark = pytest.mark.django_db


def test_the_brand_stays_what_it_was_when_the_line_was_made(client):
    utrecht = factories.branch()
    sanne = factories.employee("office", utrecht)
    shirt = factories.article("48211", "Overhemd Kade", colours=["Wit"], sizes=["40", "41"], brand="Wolff & Wever")
    belt = factories.article("30001", "Riem Tuig", brand="Stap")
    plain = factories.article("90140", "Broek inkorten")
    items = [(v, 1) for v in (*shirt.variants.order_by("pk"), belt.variants.get(), plain.variants.get())]
    order = factories.draft(employee=sanne, branch=utrecht, customer=factories.customer(), items=items)
    shirt.brand.name = "Wolff"
    shirt.brand.save()
    assert [line.brand for line in order.lines.order_by("position")] == ["Wolff & Wever", "Wolff & Wever", "Stap", ""]

    gone = lines.delete(order_id=order.pk, line_ids=[order.lines.get(brand="Stap").pk], employee=sanne)
    lines.restore(order_id=order.pk, packed=gone.deleted, employee=sanne)
    assert order.lines.filter(brand="Stap").count() == 1

    client.force_login(sanne)
    for confirm in (True, False):
        page = compact(client.get(reverse("sales:order", args=[order.pk])))
        assert 'Overhemd Kade <span class="muted">· Wolff &amp; Wever</span></th>' in page
        assert 'Riem Tuig</span> <span class="muted">· Stap</span>' in page
        assert "Broek inkorten</span></td>" in page
        if confirm:
            confirming.confirm(order_id=order.pk, employee=sanne)

    paper = " ".join(confirmation.confirmation_html(confirmation.orders().get(pk=order.pk)).split())
    assert re.search(r"<b>Overhemd Kade</b> Wolff &amp; Wever</td>", paper)
    assert re.search(r"<b>Riem Tuig</b> Stap", paper)
