"""Afdrukken: every print is recorded, the second one says KOPIE; many orders become one PDF."""

import uuid

import pytest
from django.urls import reverse

from backoffice.core.models import JournalEntry
from sales.documents.services import printing
from tests import factories
from tests.documents import papers

pytestmark = pytest.mark.django_db


def printed(order) -> list[int | None]:
    """The versions that were printed of the order, by the journal."""
    rows = JournalEntry.objects.filter(action="documents.order.printed", object_id=str(order.pk))
    return list(rows.order_by("id").values_list("version", flat=True))


def press(client, order, key=None):
    return client.post(reverse("documents:print", args=[order.pk]), {"key": str(key or uuid.uuid4())})


def test_a_print_is_recorded_and_shows_the_paper(client):
    branch, sanne = papers.shop()
    order = papers.confirmed(branch, sanne, items=[(papers.wardrobe()[0], 2)])
    client.force_login(sanne)
    answer = press(client, order)
    assert (answer.status_code, answer.url) == (303, reverse("documents:confirmation_pdf", args=[order.pk]))
    assert printed(order) == [1]
    text = papers.flat(client.get(answer.url).content)
    assert f"Orderbevestiging {order.number}" in text
    assert "Nog te betalen € 99,90" in text
    assert "KOPIE" not in text


def test_the_second_print_says_kopie_and_looking_alone_records_nothing(client):
    branch, sanne = papers.shop()
    order = papers.confirmed(branch, sanne, items=[(papers.wardrobe()[0], 2)])
    client.force_login(sanne)
    paper = reverse("documents:confirmation_pdf", args=[order.pk])
    for _ in range(2):
        assert "KOPIE" not in papers.flat(client.get(paper).content)
    key = uuid.uuid4()
    press(client, order, key)
    press(client, order, key)  # the same press, sent twice
    assert printed(order) == [1]
    assert "KOPIE" not in papers.flat(client.get(paper).content)
    press(client, order)
    assert printed(order) == [1, 1]
    assert "KOPIE" in papers.flat(client.get(paper).content)


def test_a_draft_is_not_printed(client):
    branch, sanne = papers.shop()
    draft = factories.draft(employee=sanne, branch=branch, items=[(papers.wardrobe()[0], 1)])
    client.force_login(sanne)
    answer = press(client, draft)
    assert answer.status_code == 422
    assert "is Concept" in answer.content.decode()
    assert printed(draft) == []


def test_another_branchs_order_is_not_printed(client):
    branch, sanne = papers.shop()
    order = papers.confirmed(branch, sanne, items=[(papers.wardrobe()[0], 1)])
    client.force_login(factories.employee("seller", branch=factories.branch("Breda"), name="Bram"))
    assert press(client, order).status_code == 404
    assert printed(order) == []


def test_ticked_orders_become_one_pdf_and_what_cannot_be_printed_is_named(client):
    branch, sanne = papers.shop()
    white, white42, *_rest = papers.wardrobe()
    first = papers.confirmed(branch, sanne, items=[(white, 2)])
    second = papers.confirmed(branch, sanne, items=[(white42, 1)])
    draft = factories.draft(employee=sanne, branch=branch, items=[(white, 1)])
    elsewhere = papers.confirmed(factories.branch("Breda"), sanne, items=[(white, 1)])
    seller = factories.employee("seller", branch=branch, name="Noor")
    client.force_login(seller)
    ticked = [first.pk, draft.pk, second.pk, elsewhere.pk]
    answer = client.post(reverse("documents:print_many"), {"key": str(uuid.uuid4()), "order": ticked})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("is afgedrukt") == 2 and page.count("Niet afgedrukt") == 1
    assert f">{first.number}</a>" in page and f">{second.number}</a>" in page
    assert elsewhere.number not in page
    assert [printed(order) for order in (first, second, draft, elsewhere)] == [[1], [1], [], []]
    url = f"{reverse('documents:papers')}?order={first.pk}&order={second.pk}"
    assert url.replace("&", "&amp;") in page
    pages = papers.read(client.get(url).content)
    assert len(pages) == 2
    assert f"Orderbevestiging {first.number}" in pages[0] and f"Orderbevestiging {second.number}" in pages[1]
    assert "Blad 1 van 1" in pages[0] and "Blad 1 van 1" in pages[1]
    assert client.get(f"{reverse('documents:papers')}?order={elsewhere.pk}").status_code == 422


def test_nothing_ticked_says_what_to_do(client):
    _branch, sanne = papers.shop()
    client.force_login(sanne)
    page = client.post(reverse("documents:print_many"), {"key": str(uuid.uuid4())}).content.decode()
    assert "Kies eerst een of meer orders." in page


def test_many_orders_take_as_many_statements_as_few(client, django_assert_max_num_queries):
    branch, sanne = papers.shop()
    white, *_rest = papers.wardrobe()
    orders = [papers.confirmed(branch, sanne, items=[(white, 1)]) for _ in range(4)]
    client.force_login(sanne)
    for order in orders:
        printing.print_order(order_id=order.pk, employee=sanne)
    url = f"{reverse('documents:papers')}?{'&'.join(f'order={order.pk}' for order in orders)}"
    with django_assert_max_num_queries(9):
        assert len(papers.read(client.get(url).content)) == 4
