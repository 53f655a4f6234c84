"""The link PDF: shows the confirmation of an order of one's own branch, and only once there is something to confirm."""

import pytest
import zxingcpp
from django.urls import reverse
from django.utils import timezone

from sales.models import SalesOrder
from tests import factories
from tests.documents import papers

pytestmark = pytest.mark.django_db


def address(order) -> str:
    return reverse("documents:confirmation_pdf", args=[order.pk])


def test_the_paper_opens_in_the_browser_under_the_number_of_the_order(client):
    import pypdfium2

    branch, sanne = papers.shop()
    order = papers.confirmed(branch, sanne, items=[(papers.wardrobe()[0], 2)])
    client.force_login(sanne)
    before = SalesOrder.objects.values().get(pk=order.pk)
    answer = client.get(address(order))
    assert address(order) == f"/verkoop/verkooporders/{order.pk}/orderbevestiging.pdf"
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'inline; filename="{order.number}.pdf"'
    assert f"VO-{timezone.localdate().year}-00001" == order.number
    assert "Nog te betalen € 99,90" in papers.flat(answer.content)
    picture = pypdfium2.PdfDocument(answer.content)[0].render(scale=200 / 72).to_pil()
    code128 = zxingcpp.BarcodeFormat.Code128  # beside it stands the payment code (test_payment_code.py)
    found = [code.text for code in zxingcpp.read_barcodes(picture) if code.format == code128]
    assert found == [order.number]
    assert SalesOrder.objects.values().get(pk=order.pk) == before


def test_a_draft_has_no_confirmation(client):
    branch, sanne = papers.shop()
    draft = factories.draft(employee=sanne, branch=branch)
    client.force_login(sanne)
    answer = client.get(address(draft))
    assert answer.status_code == 422
    assert "Een concept heeft nog geen orderbevestiging." in answer.content.decode()


def test_a_post_is_refused(client):
    branch, sanne = papers.shop()
    client.force_login(sanne)
    assert client.post(address(factories.draft(employee=sanne, branch=branch))).status_code == 405


def test_another_branch_is_not_found(client):
    branch, sanne = papers.shop()
    order = papers.confirmed(branch, sanne, items=[(papers.wardrobe()[0], 1)])
    client.force_login(factories.employee("seller", branch=factories.branch("Breda"), name="Bram"))
    assert client.get(address(order)).status_code == 404
    assert client.get(reverse("documents:confirmation_pdf", args=[order.pk + 1])).status_code == 404
    client.force_login(factories.employee("seller", branch=branch, name="Noor"))
    assert client.get(address(order)).status_code == 200
