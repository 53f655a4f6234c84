"""Every screen of the till as it looks: accessible in light and dark, no page that scrolls, nothing too small."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from payments.selectors import open_session_of, session_figures
from payments.services.sessions import close_session
from pos.models import QuickKey
from pos.services import checking_out, seats
from sales.services import confirming, lines, selling
from tests import factories
from tests.manual.kassa import shop
from tests.manual.test_looks import CONTRAST, EVERYTHING, violations
from tests.pos import counter
from tests.settled import settled

pytestmark = pytest.mark.django_db(transaction=True)
SMALL, WIDE = {"width": 1024, "height": 768}, {"width": 1366, "height": 768}
# what can be touched and is smaller than 48 px; what is drawn inside a larger target is that target
SMALLER = """() => [...document.querySelectorAll("a, button, input, select, textarea, [role=tab], summary")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".sr, .toasts"))
  .map((e) => [e.closest("label:has(input)") ?? e.closest(".amount-in") ?? e, e])
  .map(([box, e]) => [box.getBoundingClientRect(), e])
  .filter(([box]) => box.width && Math.min(box.width, box.height) < 47.5)
  .map(([box, e]) => `${e.tagName} ${(e.getAttribute("aria-label") || e.textContent || e.id).trim().slice(0, 30)} `
    + `${Math.round(box.width)} x ${Math.round(box.height)}`)"""
SCROLL = "[document.documentElement.scrollHeight - innerHeight, document.documentElement.scrollWidth - innerWidth]"


def furnished() -> SimpleNamespace:
    """The shop with a page full of quick keys, a basket of 25 lines, one that waits, orders in the queue, a receipt."""
    s, jar = shop(), SimpleNamespace(cookies={})
    counter.sit(jar, s.till, s.manager)
    s.token = jar.cookies["till_device"]
    page = s.till.layouts.get().pages.get()
    names = [
        "Oxford-overhemd met lange mouwen", "Sokken", "Riem Tuig handgemaakt", "Jeans Recht Havenkwartier", "Muts",
        "Wikkeljurk Aurora", "Sjaal wol", "Derby Veldman", "Schoencrème neutraal", "Veters 120 cm",
    ]  # fmt: skip
    found = [factories.article(f"6{n:04d}", name, "24.95", stock={s.branch: 4}) for n, name in enumerate(names)]
    for number, article in enumerate(found):
        QuickKey.objects.create(page=page, row=1 + number // 5, column=number % 5, article=article, tint=1 + number % 6)
    order = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 2), (s.riem, 1)])
    s.order = confirming.confirm(order_id=order.pk, employee=s.office)
    waits = selling.start(till=s.other, employee=s.seller)
    lines.add(order_id=waits.pk, items=[(s.riem.pk, Decimal(1))], employee=s.seller)
    selling.park(order_id=waits.pk, name="Mevrouw met de hond", employee=s.seller)
    basket(s, 1)
    cash = [(s.method.contant.pk, Decimal(50))]
    s.receipt = checking_out.check_out(till_id=s.till.pk, tenders=cash, employee=s.seller)
    s.found = found
    return s


def basket(s, count: int) -> None:
    """So many lines on the counter: long names, colours and sizes, discounts, a text."""
    seat = seats.begin(till_id=s.till.pk, employee=s.seller)
    who = {"order_id": seat.order_id, "employee": s.seller}
    jeans = factories.article(
        f"7{count:04d}", "Jeans Recht Havenkwartier", "89.95", colours=["Navy", "Zwart"], sizes=list(range(28, 40))
    )
    variants = [s.riem.pk, *jeans.variants.order_by("pk").values_list("pk", flat=True)][:count]
    order = lines.add(items=[(pk, Decimal(1 + n % 3)) for n, pk in enumerate(variants)], **who)
    if count > 1:
        first, second = order.lines.order_by("position")[:2]
        lines.set_line(line_id=first.pk, revision=None, values={"discount": ("percent", Decimal(10))}, **who)
        lines.set_line(
            line_id=second.pk, revision=None, values={"text": "Zoom inkorten, 3 cm, klaar op vrijdag"}, **who
        )


def open_by(role: str, name: str):
    def go(page):
        page.get_by_role(role, name=name).first.tap()
        page.locator("dialog[open]").wait_for()

    return go


def chosen_line(page):
    page.locator(".bon-line").nth(3).tap()
    page.locator(".bon-edit").wait_for()


def tendered(page):
    page.get_by_text("Contant", exact=True).tap()
    page.get_by_role("button", name="gepast").tap()


def screens(s) -> list[tuple]:
    """(name, address, what is done there): with a full basket on the counter."""
    till = reverse("pos:till")
    return [
        ("till, 25 lines", till, None),
        ("till, a chosen line", till, chosen_line),
        ("matrix", till, open_by("button", "Oxford-overhemd Kade 49,95")),
        ("text", till, lambda page: (chosen_line(page), open_by("button", "Tekst")(page))),
        ("discount", till, open_by("button", "Bonkorting")),
        ("search", till, lambda page: (open_by("button", "Zoeken")(page), page.keyboard.type("jeans"))),
        ("customer", till, lambda page: (open_by("button", "Kies klant")(page), page.keyboard.type("vermeer"))),
        ("new customer", till, lambda page: (open_by("button", "Kies klant")(page), open_by("button", "Nieuwe")(page))),
        ("parked", till, open_by("button", "Bon in de wacht")),
        ("empty the basket", till, open_by("button", "Bon leegmaken")),
        ("menu", till, lambda page: page.get_by_role("button", name="Menu van de kassa").tap()),
        ("checkout", reverse("pos:checkout"), tendered),
        ("make order", reverse("pos:make_order"), None),
        ("choose order", reverse("pos:choose_order"), None),
        ("queue", reverse("pos:queue"), None),
        ("receipt", reverse("pos:receipt", args=[s.receipt.pk]), None),
        ("X report", reverse("pos:x_report"), None),
        ("day close", reverse("pos:close"), None),
    ]


def look(page, name: str, wrong: list[str]) -> None:
    settled(page)
    for scheme, rules in (("light", EVERYTHING), ("dark", CONTRAST)):
        page.emulate_media(color_scheme=scheme)
        wrong += [f"{name}, {scheme}: {one}" for one in violations(page, rules)]
    page.emulate_media(color_scheme="light")
    wrong += [f"{name}: too small: {one}" for one in page.evaluate(SMALLER)]
    for size in (WIDE, SMALL):
        page.set_viewport_size(size)
        if page.evaluate(SCROLL) != [0, 0]:
            wrong.append(f"{name} scrolls at {size['width']}")


def test_every_screen_of_the_till(new_page, live_server):
    s, wrong = furnished(), []
    page = new_page(viewport=SMALL, has_touch=True, reduced_motion="reduce")
    page.context.add_cookies([{"name": "till_device", "value": s.token, "url": live_server.url}])
    page.goto(reverse("pos:till"))
    look(page, "till, empty", wrong)
    basket(s, 25)
    for name, address, act in screens(s):
        page.goto(address)
        page.wait_for_selector("html[data-till=ready]")
        if act:
            act(page)
        look(page, name, wrong)
    seats.empty(till_id=s.till.pk, employee=s.manager)
    session = open_session_of(s.till)
    cash = session_figures(session).expected
    close_session(session_id=session.pk, denominations={"0.01": int(cash * 100)}, employee=s.manager)
    for name, address in (("not open yet", "pos:open"), ("day closed", "pos:z_report")):
        page.goto(reverse(address, args=[session.pk] if address == "pos:z_report" else []))
        look(page, name, wrong)
    page.goto(reverse("pos:till"))
    page.get_by_role("button", name="Kassa vergrendelen").tap()
    page.get_by_role("button", name="Ontgrendelen").wait_for()
    look(page, "locked", wrong)
    assert "\n".join(wrong) == ""
