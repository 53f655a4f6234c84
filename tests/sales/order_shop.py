"""The shop that the tests of the order screen share: one branch, its people, shirts, trousers and a shortening."""

import time
from decimal import Decimal
from types import SimpleNamespace

from tests import factories


def shop() -> SimpleNamespace:
    """Utrecht with a seller, a manager and someone of the office; two colour/size articles and one at 9 %."""
    utrecht = factories.branch("Utrecht Oudegracht")
    sizes = ["39", "40", "42"]
    shirt = factories.article("48211", "Oxford-overhemd Kade", "49.95", colours=["Wit", "Navy"], sizes=sizes)
    chino = factories.article("51077", "Chino Slim Stads", "69.95", colours=["Navy"], sizes=["32", "34"])
    shorten = factories.article("90140", "Broek inkorten", "12.50", vat_code="low", stocked=False)
    belt = factories.article("30001", "Riem Tuig", "29.95")
    factories.order_type("Verkooporder")
    factories.order_type("Verkooporder zakelijk", vat_mode="exclusive", position=2)
    factories.delivery_method("Afhalen")
    factories.delivery_method("Bezorgen", kind="delivery", position=2)
    return SimpleNamespace(
        branch=utrecht,
        office=factories.employee("office", utrecht, name="Sanne Bakker"),
        manager=factories.employee("manager", utrecht, name="Joris van Dam"),
        seller=factories.employee("seller", utrecht, name="Marieke de Wit"),
        admin=factories.employee("admin", utrecht, name="Bea Beheer"),
        customer=factories.customer("Vermeer", delivery_city="Amersfoort"),
        shirt=shirt,
        chino=chino,
        shorten=shorten,
        belt=belt,
        wit40=factories.variant(shirt, "Wit", "40"),
        wit42=factories.variant(shirt, "Wit", "42"),
        navy40=factories.variant(shirt, "Navy", "40"),
        navy32=factories.variant(chino, "Navy", "32"),
        inkorten=shorten.variants.get(),
        riem=belt.variants.get(),
    )


def pieces(order) -> list[tuple[str, Decimal]]:
    """The lines as [(colour and size or description, pieces)], in order."""
    return [
        (f"{line.colour_label} {line.size_label}".strip() or line.description or line.text, line.quantity)
        for line in order.lines.order_by("position")
    ]


def eventually(page, condition, seconds: float = 60) -> None:
    """Wait until the condition holds, while the page goes on."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        page.wait_for_timeout(80)
