"""Every screen of the backoffice as it looks: accessible by axe in light and dark, and never wider than the window.

The page fixture fails besides on any script error and on anything that the content security policy refuses.
"""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from payments.services.depositing import deposit
from payments.services.refunding import refund
from pos.services import layouts
from sales.models import SalesOrder
from sales.services import confirming
from tests import factories
from tests.manual import life_screens
from tests.payments.shop import methods
from tests.payments.test_cancel import amended
from tests.sales.order_shop import shop
from tests.settled import settled

pytestmark = pytest.mark.django_db(transaction=True)
# preload would write a style for each @import of a sheet, which our policy refuses
EVERYTHING = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "preload": False}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}  # all that can differ in the dark
DESK, NARROW = {"width": 1366, "height": 768}, {"width": 320, "height": 700}


def furnished() -> SimpleNamespace:
    """A shop with an empty draft, one of twelve lines, and a confirmed order with money on it, of which some became
    tegoed and some waits for the amendment that is to give it back; names as long as real ones.
    """
    s = shop()
    factories.till(s.branch)
    people = [
        ("Hoekstra-van den Oudenalder", {}),
        ("de Wit", {"company": "Stichting Theater De Vaart", "kind": "business"}),
    ]
    for last_name, fields in people:
        factories.customer(last_name, **fields)
    jeans = factories.article(
        "51099", "Jeans Recht Havenkwartier", "89.95", colours=["Navy", "Zwart", "Taupe"], sizes=[30, 31, 32, 33, 34],
        brand="Noorderlicht", group="Heren/Broeken", stock={s.branch: 4},
    )  # fmt: skip
    jeans.variants.filter(colour__label="Taupe", size__label="30").update(active=False)
    pairs = [(variant, 2) for variant in jeans.variants.filter(active=True).order_by("pk")[:9]]
    pairs += [(s.wit40, 4), (s.inkorten, 1), (s.riem, 1)]
    s.jeans = jeans
    life_screens.furnish(s)
    s.empty = factories.draft(employee=s.office)
    s.draft = factories.draft(employee=s.office, customer=s.customer, items=pairs)
    assert s.draft.lines.count() == 12
    done = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 4), (s.inkorten, 1)])
    s.done = confirming.confirm(order_id=done.pk, employee=s.office)
    s.method = methods()
    deposit(order_id=s.done.pk, tenders=[(s.method.bank.pk, Decimal("60.00"))], employee=s.office)
    refund(
        order_id=s.done.pk, amounts=[(s.method.tegoed.pk, Decimal("25.00"))], employee=s.manager,
        reason="te veel overgemaakt bij de aanbetaling",
    )  # fmt: skip
    over = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 2), (s.riem, 1)])
    s.over = confirming.confirm(order_id=over.pk, employee=s.office)
    deposit(order_id=over.pk, tenders=[(s.method.ideal.pk, s.over.gross.amount)], employee=s.office)
    amended(s, s.over, [1, 1])
    s.layout = layouts.create(name="Winkel", employee=s.admin)
    return s


def pages(s) -> list[tuple[str, str, str]]:
    """(name, address, the button that opens what is looked at, if any)."""
    url = reverse
    draft, done = url("sales:order", args=[s.draft.pk]), url("sales:order", args=[s.done.pk])
    return [
        ("list", url("sales:orders"), ""),
        ("list, nothing found", url("sales:orders") + "?q=qqqq", ""),
        ("order, empty draft", url("sales:order", args=[s.empty.pk]), ""),
        ("order, 12 lines", draft, ""),
        ("order, confirmed", done, ""),
        ("Kleur-/maatvenster", draft, "Kleur-/maatvenster Jeans Recht Havenkwartier"),
        ("picker", draft, "Meerdere artikelen toevoegen"),
        ("Artikel toevoegen", draft, "Artikel toevoegen"),
        ("Nieuwe debiteur", draft, "Nieuwe debiteur"),
        ("Mailen", done, "Mailen"),
        ("Exporteren", done, "Exporteren"),
        ("Exporteren, list", url("sales:orders") + "?sort=-date", "Exporteren"),
        ("Aanbetalen", done, "Aanbetalen"),
        ("Terugbetalen", done, "Terugbetalen"),
        ("Storno", url("sales:order", args=[s.over.pk]), "Terugdraaien van €\u00a0129,85"),
        ("Tegoed", url("payments:credit_statement", args=[s.customer.pk]), ""),
        ("Terug te betalen", url("payments:to_refund"), ""),
        ("Openstaande aanbetalingen", url("payments:outstanding"), ""),
        ("Ontvangen aanbetalingen", url("payments:deposits_report"), ""),
        ("Betalingen per betaalwijze", url("payments:methods_report"), ""),
        ("Ontvangen BTW", url("payments:vat_report"), ""),
        ("Betaalwijzen", url("payments:methods"), ""),
        ("mail texts", url("documents:mail_texts"), ""),
        ("mail text", url("documents:mail_text", args=["confirmation"]), ""),
        ("articles", url("catalog:articles"), ""),
        ("article", url("catalog:article", args=[s.jeans.pk]), ""),
        ("article form", url("catalog:article_edit", args=[s.jeans.pk]), ""),
        ("import", url("catalog:import"), ""),
        ("customers", url("relations:customers"), ""),
        ("customer", url("relations:customer", args=[s.customer.pk]), ""),
        ("customer form", url("relations:customer_edit", args=[s.customer.pk]), ""),
        ("Beheer", url("relations:setup"), ""),
        ("Journaal", url("relations:journal"), ""),
        ("Systeem", url("relations:system"), ""),
        ("Mijn profiel", url("relations:profile"), ""),
        ("Tweede stap", url("relations:two_factor"), ""),
        ("branch form", url("relations:branch", args=[s.branch.pk]), ""),
        ("Soort form", url("sales:order_type", args=[s.draft.order_type_id]), ""),
        ("search", url("search") + "?q=vermeer", ""),
        ("POS", url("pos:start"), ""),
        ("Snelknoppen", url("pos:layouts"), ""),
        ("Snelknoppen, a layout", url("pos:layout", args=[s.layout.pk]), ""),
        *life_screens.pages(s),
    ]


def show(page, address: str, button: str) -> None:
    page.goto(address)
    settled(page)
    if button:
        page.get_by_role("button", name=button, exact=True).click()
        page.locator("dialog[open]").wait_for()
        settled(page)


def wider(page) -> str:
    """What sticks out of the window sideways, if the page scrolls that way."""
    return page.evaluate(
        """() => {
            const wide = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= wide) return "";
            const all = [...document.querySelectorAll("body *")];
            const out = all.filter((e) => e.getBoundingClientRect().right > wide + 1).slice(-3);
            const names = out.map((e) => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 30)}`);
            return names.join(" | ") || "something";
        }"""
    )


def violations(page, rules) -> list[str]:
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{rule['id']}: {node['target'][-1]} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def looks(page) -> list[str]:
    """What is wrong with the screen that is shown, in the light, in the dark, and in a narrow window."""
    found = [*violations(page, EVERYTHING), f"sticks out: {wider(page)}"]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += [f"dark: {one}" for one in violations(page, CONTRAST)]
    page.set_viewport_size(NARROW)
    found.append(f"sticks out at 320 px: {wider(page)}")
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return [one for one in found if not one.endswith(": ")]


def test_every_screen_is_accessible_and_fits(new_page, login):
    page, s = new_page(color_scheme="light", reduced_motion="reduce"), furnished()
    page.goto("/inloggen/")
    wrong = {"login": looks(page)}
    login(page, s.admin)
    orders = SalesOrder.objects.count()
    for name, address, button in pages(s):
        show(page, address, button)
        wrong[name] = looks(page)
    assert "\n".join(f"{name}: {one}" for name, found in wrong.items() for one in found) == ""
    assert SalesOrder.objects.count() == orders  # looking made nothing


def test_the_order_screen_never_scrolls_as_a_page_at_a_desk(page, login):
    s = furnished()
    login(page, s.office)
    for order in (s.empty, s.draft, s.done):
        show(page, reverse("sales:order", args=[order.pk]), "")
        assert page.evaluate("document.documentElement.scrollHeight") <= 768
