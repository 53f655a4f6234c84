"""Articles of hundreds of variants, shops of hundreds of branches: some colours and some branches at a time."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.catalog.models import Article, StockLevel, Variant
from backoffice.relations.models import Branch
from tests import factories, grown
from tests.plans import plan_of

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def s(client):
    factories.vat_rates()
    branch = factories.branch("Utrecht")
    office = factories.employee("manager", branch)
    client.force_login(office)
    return branch


def asked(client, name: str, pk: int, query: str = ""):
    """(context, statements, bytes) of a page of an article."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(reverse(name, args=[pk]) + query)
        statements = len(captured)
    assert answer.status_code == 200
    return answer.context, statements, len(answer.content)


@pytest.mark.parametrize("name", ["catalog:article", "catalog:stock_article", "catalog:stock_count"])
def test_a_page_of_3000_variants_reads_as_many_statements_and_bytes_as_one_of_600(client, s, name):
    stocked = [s.pk, *grown.branches(s, 30)[:1]]
    few = grown.article("G-30", 2, 15, branch_ids=stocked)  # on one page
    larger = [grown.article("G-600", 40, 15, branch_ids=stocked), grown.article("G-3000", 200, 15, branch_ids=stocked)]
    _context, statements, _bytes = asked(client, name, few.pk)
    figures = [asked(client, name, article.pk)[1:] for article in larger]
    assert [number for number, _bytes in figures] == [statements, statements]
    assert all(size < 300_000 for _number, size in figures), figures
    # 160 colours more, each an entry of the menu
    assert figures[1][1] - figures[0][1] < 160 * 120, figures


def test_the_totals_are_those_of_all_colours_and_the_pages_hold_each_variant_once(client, s):
    zwolle = factories.branch("Zwolle")
    article = grown.article("G-300", 20, 15, branch_ids=[s.pk, zwolle.pk], pieces=3)
    Variant.objects.filter(article=article, colour__label="Groei 019").update(active=False)
    seen: list[int] = []
    query, pages = "", 0
    while True:
        context, _statements, _bytes = asked(client, "catalog:article", article.pk, query)
        # 3 pieces at Utrecht in 19 colours that are sold, of each of 15 sizes
        assert context["grid"].totals == [D(57)] * 15 and context["grid"].total == 855
        seen += [cell.offer.variant_id for cell in context["cells"]]
        pages += 1
        if context["colours"].after is None:
            break
        query = f"?kleur={context['colours'].after}"
    assert pages == 4 and sorted(seen) == sorted(article.variants.values_list("pk", flat=True))
    every = asked(client, "catalog:article", article.pk, "?branch=all")[0]["grid"]
    assert every.total == 1710


def test_the_stock_page_shows_the_own_branch_beside_each_page_of_others_and_sums_all(client, s):
    many = grown.branches(s, 29)
    article = grown.article("G-60", 4, 15, branch_ids=[s.pk, *many], pieces=3)
    seen, query = [], ""
    while True:
        context, _statements, _bytes = asked(client, "catalog:stock_article", article.pk, query)
        shown = context["branches"]
        assert shown.rows[0] == s and len(shown.rows) <= 8 and shown.number == 30
        assert {(shelf.on_hand, shelf.reserved, shelf.free) for shelf in context["shelves"]} == {(D(90), D(30), D(60))}
        seen += [branch.pk for branch in shown.rows[1:]]
        if shown.after is None:
            break
        query = f"?vanaf={shown.after}"
    assert sorted(seen) == sorted(many)
    page = client.get(reverse("catalog:stock_article", args=[article.pk])).content.decode()
    assert "8 van 30 filialen" in page and "Ander filiaal" in page
    assert all(branch.name in page for branch in Branch.objects.all())  # in the menu


def test_eight_branches_stand_beside_each_other_without_a_menu(client, s):
    many = grown.branches(s, 7)
    article = grown.article("G-6", 2, 3, branch_ids=[s.pk, *many])
    context, _statements, _bytes = asked(client, "catalog:stock_article", article.pk)
    assert len(context["branches"].rows) == 8 and context["tabs"]["menu"] == []
    assert "list-foot" not in client.get(reverse("catalog:stock_article", args=[article.pk])).content.decode()


def test_a_count_and_a_correction_come_back_to_their_colours(client, s):
    article = grown.article("G-150", 10, 15, branch_ids=[s.pk], pieces=3)
    last = article.variants.order_by("colour__position", "size__position").last()
    where = f"?branch={s.pk}&kleur={last.colour_id}"
    page = client.get(reverse("catalog:stock_count", args=[article.pk]) + where)
    assert f'name="cell-{last.pk}"' in page.content.decode()
    answer = client.post(
        reverse("catalog:stock_count", args=[article.pk]) + where,
        {"key": page.context["key"], f"cell-{last.pk}": "7", f"seen-{last.pk}": "3"},
    )
    assert answer.status_code == 303 and "kleur=" in answer.url
    assert StockLevel.objects.get(variant=last, branch=s).on_hand == 7
    dialog = reverse("catalog:stock_correct", args=[article.pk]) + where
    shown = client.get(dialog)
    answer = client.post(dialog, {
        "key": shown.context["key"], "variant": last.pk, "quantity": "-2", "reason": "Beschadigd",
    })  # fmt: skip
    assert answer.status_code == 204 and "kleur=" in answer.headers["HX-Redirect"], answer.content.decode()[:900]
    assert StockLevel.objects.get(variant=last, branch=s).on_hand == 5


def test_a_variant_is_changed_on_its_own_page(client, s):
    article = grown.article("G-150", 10, 15, branch_ids=[s.pk])
    last = article.variants.order_by("colour__position", "size__position").last()
    url = reverse("catalog:variant", args=[last.pk]) + f"?branch={s.pk}"
    key = client.get(reverse("catalog:article", args=[article.pk])).context["key"]
    answer = client.post(url, {"key": key, "codes": "G-150-149", "own_price": "45,00", "active": "on"})
    assert answer.status_code == 200 and answer.context["cell"].offer.variant_id == last.pk
    shown = {place.cell.offer.variant_id for row in answer.context["grid"].rows for place in row.places if place.cell}
    assert last.pk in shown and len(shown) < 150
    last.refresh_from_db()
    assert last.own_price.amount == 45


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["catalog:article", "catalog:stock_article"])
def test_the_stock_of_an_article_is_read_by_its_variants(client, name):
    """Among twenty thousand stock rows none but those of the article."""
    factories.vat_rates()
    branch = factories.branch("Utrecht")
    client.force_login(factories.employee("manager", branch))
    grown.stock(branch, 20_000)
    article = grown.article("G-600", 40, 15, branch_ids=[branch.pk])
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse(name, args=[article.pk]))
        statements = [q["sql"] for q in captured if 'FROM "catalog_stocklevel"' in q["sql"]]
    assert statements
    for statement in statements:
        plan = plan_of(statement, "catalog_stocklevel", "catalog_variant")
        assert "Seq Scan on catalog_stocklevel" not in plan, plan
    assert Article.objects.count() == 201
