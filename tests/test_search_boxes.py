"""Every search box of the product finds every name, however it is spelt and typed. A box without a case here fails."""

import re
from html import unescape
from types import SimpleNamespace

import pytest
from django.urls import reverse

from backoffice.catalog.services import articles
from backoffice.core.search import fold
from backoffice.relations.services import customers
from backoffice.settings import BASE_DIR
from sales.services import drafts
from tests import factories
from tests.pos import counter

# (as it is typed, as it is stored)
NAMES = [
    ("yilmaz", "Yılmaz"),
    ("yilmaz", "Yilmaz"),
    ("yilmaz", "YİLMAZ"),
    ("Yılmaz", "Yîlmaz"),
    ("isik", "Işık"),
    ("lukasz", "Łukasz"),
    ("Łukasz", "Lukász"),
    ("obrien", "O’Brien"),
    ("obrien", "O'Brien"),
    ("o’brien", "O`Brien"),
    ("o'brien", "O´Brien"),
    ("dancona", "d’Ancona"),
    ("ostergard", "Østergård"),
    ("Østergaard", "Ostergaard"),
    ("oeuvre", "Œuvre"),
    ("œuvre", "Oeuvre"),
    ("aero", "Ærø"),
    ("strasser", "Straßer"),
    ("straßer", "Strasser"),
    ("ijssel", "Ĳssel"),
    ("Ĳssel", "IJssel"),
    ("dordevic", "Đorđević"),
    ("thor", "Þór"),
]
DECOY = "Wiersma"  # that nobody asks for
# template with a search box: (the address that it asks, with its parameter; what it finds)
BOXES = {
    "templates/relations/customers.html": ("relations:customers", "q", "customers"),
    "templates/catalog/articles.html": ("catalog:articles", "q", "articles"),
    "templates/catalog/stock.html": ("catalog:stock", "q", "articles"),
    "templates/sales/orders.html": ("sales:orders", "q", "orders"),
    "templates/sales/_filter_menu.html": ("sales:orders_filter", "text", "customers"),
    "templates/sales/picker.html": ("sales:picker_results", "q", "articles"),
    "templates/sales/link_code.html": ("sales:article_options", "q", "articles"),
    "templates/sales/_add_article.html": ("sales:article_options", "q", "articles"),
    "templates/pos/_layout_key.html": ("sales:article_options", "q", "articles"),
    "templates/parts/search.html": ("search", "q", "everything"),
    "templates/search/page.html": ("search", "q", "everything"),
    "templates/pos/choose_order.html": ("pos:choose_order", "q", "orders"),
    "templates/pos/search.html": ("pos:search", "q", "articles"),
    "templates/pos/customer.html": ("pos:customer", "q", "customers"),
    "templates/setup/list.html": ("relations:employees", "q", "employees"),
    # Debiteur on an order: a combobox made in Python (sales.forms)
    "templates/parts/combo_widget.html": ("relations:customer_options", "q", "customers"),
}
BOX = re.compile(
    r'type="search"|name="q"|combobox\([^{}]*\burl=|data-combo data-url|data-combo-go|data-combo ?\{% if url'
)
# what draws a combobox that another template asks for, and names its address
PARTS = {"templates/parts/fields.html"}


def test_every_search_box_has_a_case():
    paths = [path for path in sorted((BASE_DIR / "templates").rglob("*.html")) if BOX.search(path.read_text())]
    assert {str(path.relative_to(BASE_DIR)) for path in paths} - PARTS == set(BOXES)


def test_every_address_that_searches_has_a_case():
    """Each place in the code that reads what was typed into a search box, and how many it reads."""
    reads = re.compile(r'\.(?:get|pop)\("(?:q|text)"')
    found = {}
    for folder in ("backoffice", "sales", "pos", "payments"):
        for path in sorted((BASE_DIR / folder).rglob("*.py")):
            # a text that is posted is no search
            lines = [line for line in path.read_text().splitlines() if reads.search(line) and "POST" not in line]
            if lines:
                found[str(path.relative_to(BASE_DIR))] = len(lines)
    assert found == {
        "backoffice/relations/views/customer_dialog.py": 1,  # relations:customer_options
        "backoffice/relations/views/pages.py": 1,  # the lists of Beheer
        "sales/lists.py": 1,  # sales:orders, pos:choose_order
        "sales/views/lines.py": 1,  # sales:article_options
        "sales/views/orders.py": 1,  # sales:orders_filter
        "sales/views/picker.py": 1,  # sales:picker_results
        "sales/views/search.py": 1,  # search
        "pos/views/till.py": 1,  # pos:search
        "pos/views/baskets.py": 1,  # pos:customer
    }


@pytest.mark.parametrize(("typed", "stored"), NAMES)
def test_what_is_typed_and_what_is_stored_fold_to_the_same(typed, stored):
    assert fold(typed) == fold(stored)


@pytest.fixture
def s(db, monkeypatch):
    """A shop with a customer, an order, an article and an employee of every name; its lists of Beheer are searched."""
    monkeypatch.setattr("backoffice.relations.views.pages.LISTED", 5)
    made = SimpleNamespace(branch=factories.branch())
    made.office, made.admin = factories.employee("office", made.branch), factories.employee("admin", made.branch)
    made.till, made.cashier = factories.till(made.branch), factories.employee("manager", made.branch, name="Ton Kas")
    factories.vat_rates()
    factories.order_type()
    factories.delivery_method()
    for at, name in enumerate(dict.fromkeys([*(stored for _typed, stored in NAMES), DECOY])):
        made_by = {"employee": made.office}
        buyer = customers.create(values={"last_name": name}, confirmed=True, **made_by)
        drafts.create(branch_id=made.branch.pk, customer_id=buyer.pk, **made_by)
        values = {"number": f"{70000 + at}", "name": name, "sales_price": 10, "vat_code": "high", "brand": ""}
        articles.save(values=values, **made_by)
        factories.employee("cashier", made.branch, name=name)
    made.order = drafts.create(branch_id=made.branch.pk, employee=made.office)
    return made


@pytest.mark.parametrize("box", sorted(set(BOXES.values())), ids=lambda box: box[0])
def test_every_box_finds_every_name(client, s, box):
    address, parameter, finds = box
    args = {"sales:orders_filter": ["customer"], "sales:picker_results": [s.order.pk]}.get(address, [])
    client.force_login(s.admin if finds == "employees" else s.office)
    if address.startswith("pos:"):
        counter.sit(client, s.till, s.cashier)
    for typed, stored in NAMES:
        asked = {parameter: typed, "status": "", "branch": str(s.branch.pk)}
        headers = {"HX-Request": "true"} if address == "search" else {}
        page = unescape(client.get(reverse(address, args=args), asked, headers=headers).content.decode())
        # what is typed stands in the box itself
        page = page.replace(f'value="{typed}"', "")
        assert stored in page and DECOY not in page, (typed, stored)
        if finds == "everything":
            assert page.count(stored) >= 3, (typed, stored)
        assert "lijkt erop" not in page, (typed, stored)
