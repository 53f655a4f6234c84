"""How many rows the pages of a shop that grew read: no more than a few hundred, whatever the shop holds.

A plan may go by an index and read the whole of it all the same: here PostgreSQL counts what it read.
"""

import pytest
from django.db import connection
from django.urls import reverse

from backoffice.catalog import stock
from backoffice.catalog.models import Variant
from backoffice.core.db.roles import as_owner
from pos import selectors
from sales.models import SalesOrder
from tests import grown, test_growing_plans
from tests.payments.shop import methods
from tests.plans import rows_read

pytestmark = pytest.mark.django_db(transaction=True)
s = test_growing_plans.s  # 5,000 orders of one customer, 5,000 that wait, 20,000 stock rows at the branch
MOST = 2_500  # rows of one table in one statement


def analyse() -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def beyond(client, pages: dict[str, str], **headers: str) -> dict[str, str]:
    """{page: what it reads} of the pages that read more than MOST rows of a table."""
    found = {name: rows_read(client, url, **headers) for name, url in pages.items()}
    return {name: told for name, (most, told) in found.items() if max(most.values(), default=0) > MOST}


def test_what_is_short_is_found_without_reading_the_stock(client, s):
    """Of 20,000 stock rows three are short, of two articles: by the index of what is short, and what is known of it."""
    first, *_others, last = Variant.objects.filter(article__number__startswith="V").order_by("pk")
    stock.change(s.branch, reserved=[(first.pk, 9), (last.pk, 9), (last.pk - 1, 9)])
    grown.branches(s.branch, 150)
    analyse()
    url = reverse("catalog:stock")
    for asked in ("?short=yes", "?short=yes&branch=all"):
        most, told = rows_read(client, url + asked)
        # the variants of the two articles; their stock may be picked out of that of all, once
        assert most["catalog_variant"] <= 300 and most["catalog_stocklevel"] <= 20_100, told
    page = client.get(f"{url}?short=yes")
    assert [row.number for row in page.context["page"].rows] == [first.article.number, last.article.number]
    assert page.context["counted"] == "2"


def test_a_page_of_stock_and_one_of_articles_read_the_stock_of_their_own_articles(client, s):
    """Fifty articles of a hundred variants are 5,000 stock rows of the 20,000; each is read once."""
    for name in ("catalog:stock", "catalog:articles"):
        most, told = rows_read(client, reverse(name))
        assert most["catalog_variant"] <= 20_100 and most["catalog_stocklevel"] <= 20_100, told


def test_the_queue_of_thousands_reads_what_it_shows_and_counts_no_further_than_a_thousand(client, s):
    assert SalesOrder.objects.filter(selectors.WAITING, branch=s.branch).count() > 5_000
    assert beyond(client, {"queue": reverse("pos:queue"), "till": reverse("pos:till")}) == {}
    page = client.get(reverse("pos:queue"))
    assert page.context["waiting"] == "1.000+" and len(page.context["orders"]) == selectors.QUEUE_SHOWN
    assert [chip["label"] for chip in page.context["chips"][:3]] == ["Alle 1.000+", "Afhalen", "Bezorgen"]


def test_what_was_paid_ahead_is_found_among_thousands_that_wait_unpaid(client, s):
    methods()
    analyse()
    assert beyond(client, {"outstanding": reverse("payments:outstanding")}) == {}


def test_what_other_branches_have_is_read_by_its_variants(client, s):
    """Of 600 variants at 60 branches those of a part of them: 45 at each branch, of 56,000 stock rows."""
    ids = grown.branches(s.branch, 60)
    large = grown.article("G-600", 40, 15, branch_ids=ids)
    analyse()
    most, told = rows_read(client, reverse("sales:matrix_elsewhere", args=[s.draft.pk, large.pk]))
    assert most["catalog_stocklevel"] == 45 * 60, told
