"""One GTIN is one article, with 8, 12, 13 or 14 figures, wherever a code is scanned, typed or imported."""

import json
from io import StringIO

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from backoffice.catalog import codes, offers, selectors
from backoffice.catalog.models import Barcode
from backoffice.catalog.services import articles, barcodes
from backoffice.core.db.roles import as_owner
from backoffice.core.errors import Refusal
from backoffice.core.gtin import gtin
from backoffice.core.keys import new_key
from sales import grid
from sales import selectors as sales_selectors
from sales.services import confirming
from tests import factories
from tests.imports.tables import bring_in, csv
from tests.imports.tables import problems as wrong_in
from tests.plans import plan_of
from tests.pos import counter
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
# (as it is stored, as it is scanned): the same number with other zeros in front
PAIRS = [
    ("0191169335949", "191169335949"),
    ("191169335949", "0191169335949"),
    ("191169335949", "00191169335949"),
    ("4006381333931", "04006381333931"),
    ("04006381333931", "4006381333931"),
    ("96385074", "0000096385074"),
    ("00000096385074", "96385074"),
    ("036000291452", "0036000291452"),
]


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("4006381333931", "04006381333931"),
        ("10012345678902", "10012345678902"),
        ("4006381333932", None),  # another check digit
        ("400638133393", None),  # twelve figures that are no number of twelve
        ("40063813339310", None),
        ("4006381", None),
        ("00000000", None),
        ("４００６３８１３３３９３１", None),
        ("A006381333931", None),
        ("", None),
    ],
)
def test_a_gtin_is_the_number_in_fourteen_figures(code, right):
    assert gtin(code) == right


def with_code(code: str, number: str = "70402", name: str = "Laars"):
    made = factories.article(number, name, barcodes=False)
    Barcode.objects.create(code=code, variant=made.variants.get())
    return made


@pytest.mark.parametrize(("stored", "scanned"), PAIRS)
def test_every_look_up_finds_the_one_article(client, stored, scanned):
    s = shop()
    boot = with_code(stored)
    assert offers.by_code(scanned).article_id == boot.pk
    assert selectors.exact_ids(scanned) == [boot.pk]
    found, resembling = selectors.found_articles(scanned)
    assert (list(found), resembling) == ([boot], False)
    assert sales_selectors.article_options(scanned) == [boot]
    order = factories.draft(employee=s.office, branch=s.branch)
    assert [found.article for found in grid.results(order, scanned).rows] == [boot]
    client.force_login(s.office)
    assert client.get(reverse("search"), {"q": scanned}).url == reverse("catalog:article", args=[boot.pk])
    answer = client.post(reverse("sales:scan", args=[order.pk]), {"key": new_key(), "code": scanned}, headers=HTMX)
    assert json.loads(answer.headers["HX-Trigger"])["scanned"]["text"] == "Laars"
    counter.sit(client, factories.till(s.branch), s.seller)
    answer = client.post(reverse("pos:scan"), {"key": new_key(), "code": scanned}, headers=HTMX)
    assert json.loads(answer.headers["HX-Trigger"])["scanned"]["text"] == "Laars"
    assert Barcode.objects.get(variant__article=boot).code == stored  # kept as it was written


def test_a_size_and_a_whole_article_too(client):
    s = shop()
    Barcode.objects.create(code="0191169335949", variant=s.navy40)
    Barcode.objects.create(code="96385074", article=s.shirt)
    assert offers.by_code("191169335949").variant_id == s.navy40.pk
    with pytest.raises(offers.ChooseSize):
        offers.by_code("0000096385074")
    order = factories.draft(employee=s.office, branch=s.branch, customer=s.customer, items=[(s.navy40, 1)])
    client.force_login(s.office)
    window = client.get(reverse("sales:matrix", args=[order.pk]), {"artikel": s.shirt.pk}, headers=HTMX)
    assert "00191169335949" in window.content.decode()  # what the window compares a scan with
    placed = confirming.confirm(order_id=order.pk, employee=s.office)
    scan = {"code": "191169335949", "quantity": "1", "key": new_key()}
    picked = client.post(reverse("documents:slip_scan", args=[placed.pk]), scan, headers=HTMX)
    assert json.loads(picked.headers["HX-Trigger"])["scanned"]["state"] == "known"


def test_the_code_as_it_is_written_goes_before_another_spelling():
    # of before there were GTINs: both rows are there
    boot, belt = with_code("0191169335949"), factories.article("30001", "Riem", barcodes=False)
    Barcode.objects.bulk_create([Barcode(code="96385074", variant=belt.variants.get())])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_barcode SET code = '191169335949', gtin = NULL WHERE code = '96385074'")
    assert codes.article_id_of("0191169335949") == boot.pk
    assert codes.article_id_of("00191169335949") == boot.pk
    assert codes.article_id_of("191169335949") == belt.pk
    assert selectors.doubled_codes().get().code == "191169335949"
    assert sorted(selectors.doubled_articles()) == sorted([boot.pk, belt.pk])


def test_linking_another_spelling_is_refused_and_names_the_article():
    office, boot, belt = factories.employee(), with_code("0191169335949"), factories.article("30001", "Riem")
    for code in ("191169335949", "00191169335949"):
        with pytest.raises(Refusal) as refused:
            barcodes.link(variant_id=belt.variants.get().pk, code=code, employee=office)
        sentence = f"Barcode {code} is al van 70402 · Laars, geschreven als 0191169335949."
        assert (refused.value.code, refused.value.message) == ("barcode.taken", sentence)
    assert list(boot.variants.get().barcodes.values_list("code", flat=True)) == ["0191169335949"]
    assert not belt.variants.get().barcodes.filter(code__contains="191169335949").exists()


def test_the_form_of_the_article_refuses_it_and_takes_another_spelling_of_its_own():
    office, boot, belt = factories.employee(), with_code("0191169335949"), with_code("96385074", "30001", "Riem")

    def save(article, *typed):
        variant = article.variants.get()
        articles.set_variant(employee=office, variant_id=variant.pk, codes=list(typed), own_price=None, active=True)
        return list(variant.barcodes.order_by("pk").values_list("code", "gtin"))

    with pytest.raises(Refusal, match="is al van 70402 · Laars, geschreven als 0191169335949"):
        save(belt, "96385074", "191169335949")
    assert list(belt.variants.get().barcodes.values_list("code", flat=True)) == ["96385074"]
    assert save(boot, "191169335949") == [("191169335949", "00191169335949")]
    assert save(boot, "191169335949", "0191169335949") == [("191169335949", "00191169335949")]


def test_an_import_knows_the_article_by_another_spelling(django_db_blocker):
    branch = factories.branch()
    branch.admin = factories.employee("admin")
    factories.vat_rates()
    bring_in(csv("TR1;Trui;;;0191169335949;59,95;21;"), branch)
    again = bring_in(csv("TR1;Trui;;;191169335949;59,95;21;"), branch)
    assert (again["articles_new"], Barcode.objects.get().code) == (0, "0191169335949")
    ((row, _column, value, sentence),) = wrong_in(csv("BR1;Broek;;;191169335949;59,95;21;"), branch)
    assert (row, value, sentence) == (2, "191169335949", "Deze code hoort al bij artikel TR1.")
    twice = csv("BR1;Broek;Zwart;M;96385074;59,95;21;", "BR1;Broek;Zwart;L;0000096385074;59,95;21;")
    ((row, _column, _value, sentence),) = wrong_in(twice, branch)
    assert (row, sentence) == (3, "Deze code staat al op rij 2.")
    bring_in(csv("BR1;Broek;;;96385074;59,95;21;"), branch)
    assert Barcode.objects.get(code="96385074").gtin == "00000096385074"


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("INSERT INTO catalog_barcode (code, gtin, variant_id) VALUES ('191169335949', '00191169335949', %s)",
         "barcode_one_gtin"),
        ("INSERT INTO catalog_barcode (code, gtin, variant_id) VALUES ('96385074', '04006381333931', %s)",
         "barcode_gtin_of_code"),
        ("INSERT INTO catalog_barcode (code, gtin, variant_id) VALUES ('HOES-1', '00000000HOES-1', %s)",
         "barcode_gtin_of_code"),
        ("INSERT INTO catalog_barcode (code, gtin, variant_id) VALUES ('0191169335949123', '01911693359491', %s)",
         "barcode_gtin_of_code"),
    ],
)  # fmt: skip
def test_a_raw_write_cannot_give_a_gtin_twice_or_a_wrong_one(statement, constraint):
    boot = with_code("0191169335949")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [boot.variants.get().pk])


def test_what_is_no_gtin_may_be_there_as_often_as_it_is():
    boot = with_code("HOES-1")
    Barcode.objects.create(code="HOES-2", variant=boot.variants.get())
    assert list(Barcode.objects.values_list("gtin", flat=True)) == [None, None]
    with pytest.raises(ObjectDoesNotExist):
        codes.of_code("HOES-3").get()


@pytest.mark.django_db(transaction=True)
def test_a_scan_reads_one_row_by_its_indexes():
    boot = with_code("0191169335949")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalog_barcode (code, variant_id) SELECT 'HOES-' || n, %s FROM generate_series(1, 20000) n",
            [boot.variants.get().pk],
        )
    values = {"code": "'191169335949'", "gtin": "'00191169335949'"}
    plan = plan_of(codes.ROW.format("b.variant_id") % values, "catalog_barcode")
    assert "barcode_one_gtin" in plan and "Seq Scan" not in plan, plan
    statement = connection.ops.compose_sql(*selectors.doubled_codes().query.sql_with_params())
    assert "barcode_without_gtin" in plan_of(statement, "catalog_barcode")


def migrate(target) -> str:
    """Go to this migration of the catalogue; what it said."""
    said = StringIO()
    with pytest.MonkeyPatch.context() as patched, as_owner():
        patched.setattr("builtins.print", lambda text: said.write(f"{text}\n"))
        MigrationExecutor(connection).migrate([("catalog", target)])
    return said.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_migration_fills_gtins_names_what_collides_and_may_run_twice(client):
    boot, belt, hat = with_code("HOES-1"), factories.article("30001", "Riem"), factories.article("30002", "Hoed")
    own = factories.code_of(hat.variants.get())
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_barcode SET gtin = NULL")
        cursor.execute("UPDATE catalog_barcode SET code = '0191169335949' WHERE variant_id = %s",
                       [boot.variants.get().pk])  # fmt: skip
        cursor.execute("UPDATE catalog_barcode SET code = '191169335949' WHERE variant_id = %s",
                       [belt.variants.get().pk])  # fmt: skip
        cursor.execute("UPDATE catalog_article SET sort_key = '', search_text = '' WHERE number = '30002'")
    sentence = (
        "  Barcode 191169335949 of article 30001 is the same GTIN as 0191169335949 of article 70402, which keeps it:"
        " see Artikelen > Dubbele barcode.\n"
    )
    try:
        for _time in range(2):
            migrate("0006_gtin_and_sort_key")
            assert migrate("0007_fill_gtin_and_sort_key") == sentence
            held = dict(Barcode.objects.values_list("code", "gtin"))
            assert held == {"0191169335949": "00191169335949", "191169335949": None, own: f"0{own}"}
    finally:
        with as_owner():
            MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    hat.refresh_from_db()
    assert (hat.sort_key, hat.search_text) == ("hoed", "30002 hoed")
    # the shop sees both, takes the code off the one that it is not of, and the other holds it from then on
    office = factories.employee()
    client.force_login(office)
    page = client.get(reverse("catalog:articles"), {"doubled": "yes"}).content.decode()
    assert "70402" in page and "30001" in page and "30002" not in page
    variant = boot.variants.get()
    articles.set_variant(employee=office, variant_id=variant.pk, codes=[], own_price=None, active=True)
    assert Barcode.objects.get(code="191169335949").gtin == "00191169335949"
    assert "Dubbele barcode" not in client.get(reverse("catalog:articles")).content.decode()
