"""Correctie: the service and its dialog."""

from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.catalog import stock
from backoffice.catalog.models import StockMove
from backoffice.catalog.services import counting
from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry
from tests import factories
from tests.catalog.test_stock import level
from tests.catalog.test_stock_count import all_of_it, shop  # noqa: F401

pytestmark = pytest.mark.django_db


def correct(shop, quantity, reason="Vlek", **values):  # noqa: F811
    branch, manager, shirt, small, _large = shop
    values = {"employee": manager, "article_id": shirt.pk, "variant_id": small.pk, "branch_id": branch.pk} | values
    return counting.correct(quantity=Decimal(quantity), reason=reason, **values)


def refused(shop, quantity, reason="Vlek", **values) -> Refusal:  # noqa: F811
    before = all_of_it()
    with pytest.raises(Refusal) as caught:
        correct(shop, quantity, reason, **values)
    assert all_of_it() == before
    return caught.value


def test_a_piece_goes_off_and_one_comes_in_with_a_reason(shop):  # noqa: F811
    branch, manager, _shirt, small, _large = shop
    correct(shop, "-2", "Vlek op de mouw")
    correct(shop, "1", "Gevonden in het magazijn")
    assert level(branch, small) == (4, 0)
    moves = StockMove.objects.filter(reason="correction").order_by("pk")
    assert [(m.quantity, m.source, m.employee) for m in moves] == [
        (-2, "Vlek op de mouw", manager), (1, "Gevonden in het magazijn", manager),
    ]  # fmt: skip
    entry = JournalEntry.objects.filter(action="catalog.stock.corrected").order_by("sequence").first()
    assert entry.data == {"differences": {str(small.pk): "-2"}, "reason": "Vlek op de mouw"}


def test_what_is_reserved_does_not_hold_it_but_nothing_goes_below_zero_where_the_branch_blocks(shop):  # noqa: F811
    branch, _manager, _shirt, small, _large = shop
    stock.change(branch, reserved=[(small.pk, Decimal(5))])
    correct(shop, "-1")
    assert level(branch, small) == (4, 5)
    refusal = refused(shop, "-5")
    assert (refusal.code, refusal.message) == (
        "stock.absent", "Van Overhemd Wit 40 is in Utrecht nog 4 aanwezig; gevraagd is 5.",
    )  # fmt: skip


@pytest.mark.parametrize(
    "quantity, reason, code",
    [("0", "Vlek", "stock.quantity"), ("-1", "  ", "stock.reason"), ("-0.5", "Vlek", "stock.whole")],
)
def test_what_says_nothing_is_refused(shop, quantity, reason, code):  # noqa: F811
    assert refused(shop, quantity, reason).code == code


def test_a_seller_and_a_variant_of_another_article_are_refused(shop):  # noqa: F811
    other = factories.article("30001", "Riem").variants.get()
    assert refused(shop, "1", employee=factories.employee("seller", shop[0])).code == "stock.branch"
    assert refused(shop, "1", variant_id=other.pk).code == "variant.unknown"


def test_the_dialog_comes_back_with_what_is_wrong_and_books_what_is_right(client, shop):  # noqa: F811
    branch, manager, shirt, small, _large = shop
    client.force_login(manager)
    url = f"{reverse('catalog:stock_correct', args=[shirt.pk])}?branch={branch.pk}"
    form = {"key": client.get(url).context["key"], "variant": str(small.pk)}
    answer = client.post(url, form | {"quantity": "min een", "reason": ""})
    assert answer.status_code == 422
    assert 'value="min een"' in answer.content.decode()
    answer = client.post(url, form | {"quantity": "-1", "reason": "Vlek"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == f"/voorraad/{shirt.pk}/?branch={branch.pk}"
    assert level(branch, small) == (4, 0)
