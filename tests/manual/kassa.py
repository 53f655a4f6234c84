"""What both till chapters of the manual share: a shop, a registered till at 1024 x 768, and fingers."""

from decimal import Decimal

from django.urls import reverse

from backoffice.catalog import stock
from payments.services import sessions
from pos.models import QuickKey, QuickKeyPage, TillLayout
from tests.payments.shop import methods
from tests.pos import counter
from tests.sales.order_shop import eventually

TOUCH = {"viewport": {"width": 1024, "height": 768}, "has_touch": True}


def shop(opened: bool = True):
    """Utrecht with stock, quick keys, payment methods, PIN codes, and both tills open with 100 euros, or closed."""
    made = counter.shop()
    made.method = methods()
    layout = TillLayout.objects.create(name="Winkel")
    layout.tills.add(made.till, made.other)
    page = QuickKeyPage.objects.create(layout=layout, name="Toonbank")
    QuickKey.objects.create(page=page, row=0, column=0, article=made.belt)
    QuickKey.objects.create(page=page, row=0, column=1, article=made.shirt, tint=4)
    pieces = [(v.pk, Decimal(10)) for v in (made.riem, made.wit40, made.navy40)]
    stock.move(made.branch, pieces, reason="opening", source="", employee=made.admin)
    for till in (made.till, made.other) if opened else ():
        sessions.open_session(till_id=till.pk, float_amount=Decimal("100"), employee=made.seller)
    return made


def register(page, live_server, login, manager, till) -> None:
    """1. Ga in de backoffice naar "POS": a manager makes this browser the till, once."""
    login(page, manager)
    page.goto(reverse("sales:orders"))
    page.get_by_role("link", name="POS", exact=True).click()
    page.get_by_role("button", name=f"registreren {till.name}").click()
    page.get_by_text("Deze browser is nu").first.wait_for()


def start(page, name: str) -> None:
    """POS, and the cashier with a PIN code."""
    page.goto(reverse("sales:orders"))
    page.get_by_role("link", name="POS", exact=True).click()
    page.get_by_text(name, exact=True).tap()
    for digit in counter.PIN:
        page.get_by_role("button", name=digit, exact=True).tap()
    page.get_by_role("button", name="Ontgrendelen").tap()
    ready(page)


def ready(page) -> None:
    page.wait_for_selector("html[data-till=ready]")
    scroll = page.evaluate(
        "[document.documentElement.scrollHeight - innerHeight, document.documentElement.scrollWidth - innerWidth]"
    )
    assert scroll == [0, 0]


def total(page, amount: str) -> None:
    eventually(page, lambda: amount in page.locator("#bon-total").inner_text().replace("\u00a0", " "))
