"""What the tests of documents share: a shop with a full letterhead, confirmed orders, and a reader of PDFs."""

import io
import itertools
from decimal import Decimal

import pypdf

from sales.models import DeliveryMethod
from sales.services import confirming, drafts, lines
from tests import factories

LETTERHEAD = {
    "company": "Linde & Loof Retail B.V.",
    "street": "Oudegracht",
    "house_number": "218",
    "postcode": "3511 NR",
    "city": "Utrecht",
    "phone": "030 555 01 42",
    "email": "utrecht@lindeenloof.example",
    "kvk": "12345678",
    "vat_id": "NL001234567B01",
    "iban": "NL91ABNA0417164300",
}


def shop():
    """A branch with everything that stands on its paper, and somebody of the office."""
    branch = factories.branch("Linde & Loof", **LETTERHEAD)
    return branch, factories.employee("admin", branch=branch, name="Sanne Bakker")


def confirmed(branch, employee, *, items, customer=None, header=None, cells=None, vat_mode="", discount=None, texts=()):
    """A confirmed order. items: [(variant, pieces)]; cells: {index of a line: set_line values}; discount: percent."""
    customer = customer or factories.customer("Brandsma", company="Hotel De Zwaan B.V.", city="Amersfoort")
    order = factories.draft(employee=employee, branch=branch, customer=customer, items=items)
    for text in texts:
        lines.add_text(order_id=order.pk, text=text, employee=employee)
    if header:
        drafts.set_header(order_id=order.pk, revision=None, values=header, employee=employee)
    if vat_mode:
        drafts.set_vat_mode(order_id=order.pk, vat_mode=vat_mode, reason="EU", employee=employee)
    placed = list(order.lines.order_by("position"))
    for index, values in (cells or {}).items():
        lines.set_line(order_id=order.pk, line_id=placed[index].pk, revision=None, values=values, employee=employee)
    if discount:
        drafts.set_discount(order_id=order.pk, percent=Decimal(discount), employee=employee)
    return confirming.confirm(order_id=order.pk, employee=employee)


def wardrobe():
    """Three articles as a shop has them: [variant, ...] of shirt, trousers and the service at 9 %."""
    shirt = factories.article("48211", "Oxford-overhemd Kade", "49.95", colours=["Wit", "Lichtblauw"], sizes=[40, 42])
    chino = factories.article("51077", "Chino Slim Stads", "69.95", colours=["Navy"], sizes=[32, 34])
    hem = factories.article("90140", "Broek inkorten", "12.50", vat_code="low", stocked=False)
    pick = factories.variant
    return [
        pick(shirt, "Wit", 40), pick(shirt, "Wit", 42), pick(shirt, "Lichtblauw", 40),
        pick(chino, "Navy", 32), pick(chino, "Navy", 34), pick(hem),
    ]  # fmt: skip


def many(count: int):
    """[(variant, pieces)] of so many lines, twelve variants to an article."""
    made = itertools.chain.from_iterable(
        factories.article(
            f"7{n:04d}", f"Trui Veldman {n}", "59.95", colours=["Zwart", "Taupe", "Cognac"], sizes="SMLX"
        ).variants.order_by("pk")
        for n in range(-(-count // 12))
    )
    return [(variant, 1 + n % 3) for n, variant in enumerate(itertools.islice(made, count))]


def delivered_at_home():
    return DeliveryMethod.objects.get_or_create(name="Bezorgen", kind="delivery")[0]


def read(content: bytes) -> list[str]:
    """The text of every page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def flat(content: bytes) -> str:
    """All text, with every run of white space (also the hard ones) as one space."""
    return " ".join(" ".join(read(content)).split())
