"""What tests build their shops from: plain functions with sensible values; name only what your scenario is about."""

import datetime
import itertools
from decimal import Decimal

from stdnum import ean

from backoffice.catalog import stock as stock_service
from backoffice.catalog.models import Article, ArticleGroup, Barcode, Brand, Colour, Size, SizeRange, Variant, VatRate
from backoffice.core.search import fold
from backoffice.relations.models import Branch, Customer, CustomerAddress, Employee, EmployeeRole, Till
from sales.models import DeliveryMethod, OrderType, SalesOrder
from sales.services import drafts, lines

PASSWORD = "geheim"
LONG_AGO = datetime.date(2019, 1, 1)
VAT = {"high": ("Hoog 21 %", "21"), "low": ("Laag 9 %", "9"), "zero": ("Nul 0 %", "0")}
COLOURS = {
    "Zwart": "#15151a", "Wit": "#ffffff", "Navy": "#1d2a4d", "Rood": "#b3262e", "Cognac": "#9a5a2b",
    "Taupe": "#857a6d", "Bosgroen": "#27452f",
}  # fmt: skip
_serial = itertools.count(1)


def vat_rates() -> dict[str, VatRate]:
    """The three Dutch rates, by code: high 21, low 9, zero 0; made once."""
    return {
        code: VatRate.objects.get_or_create(
            code=code, valid_from=LONG_AGO, defaults={"name": name, "percent": Decimal(percent)}
        )[0]
        for code, (name, percent) in VAT.items()
    }


def change_of_rate(
    percent="24", *, code: str = "high", on=datetime.date(2027, 1, 1), undelivered: str = "follow"
) -> None:
    """From a day on another percentage of a code; what stood before ends the day before."""
    vat_rates()
    VatRate.objects.filter(code=code, valid_to=None).update(valid_to=on - datetime.timedelta(days=1))
    VatRate.objects.create(
        code=code, name=f"Nieuw {percent} %", percent=Decimal(percent), valid_from=on, undelivered=undelivered
    )


def branch(name: str = "Utrecht", **fields) -> Branch:
    return Branch.objects.create(
        **{"code": f"F{next(_serial)}", "name": name, "company": "Modehuis Toonbank B.V."} | fields
    )


def till(branch: Branch | None = None, number: int = 1, **fields) -> Till:
    return Till.objects.create(branch=branch or _branch(), number=number, **{"name": f"Kassa {number}"} | fields)


def employee(
    role: str = "office", branch: Branch | None = None, password: str = PASSWORD, name: str = "Sanne de Wit", **fields
) -> Employee:
    """An employee with one role (seller, manager, office, admin or "" for none), at one branch or at all of them."""
    serial = next(_serial)
    person = Employee(
        **{"number": str(serial), "name": name, "email": f"medewerker{serial}@example.com", "home_branch": branch}
        | fields
    )
    person.set_password(password)
    person.save()
    if role:
        EmployeeRole.objects.create(employee=person, branch=branch, role=role)
    return person


def customer(last_name: str = "Vermeer", *, city: str = "Utrecht", delivery_city: str = "", **fields) -> Customer:
    """A customer with an invoice address, and a delivery address when a city for it is named."""
    values = {"number": 10000 + next(_serial), "first_name": "Anna", "last_name": last_name, "email": ""} | fields
    parts = (values["first_name"], values.get("infix", ""), values["last_name"])
    name = values.get("company") or " ".join(part for part in parts if part)
    text = fold(" ".join(str(part) for part in (values["number"], name, *parts, values["email"], city)))
    made = Customer.objects.create(**{"name": name, "search_text": text} | values)
    address = {"street": "Oudegracht", "house_number": "12", "postcode": "3511 AB"}
    made.addresses.create(kind=CustomerAddress.Kind.INVOICE, city=city, **address)
    if delivery_city:
        made.addresses.create(kind=CustomerAddress.Kind.DELIVERY, city=delivery_city, **address)
    return made


def barcode_number() -> str:
    """A new valid EAN-13 in the range for use within a shop (29...)."""
    body = f"29{next(_serial):010d}"
    return body + ean.calc_check_digit(body)


def colour(label: str = "Zwart", **fields) -> Colour:
    values = {"hex": COLOURS.get(label, "#777777"), "position": Colour.objects.count() + 1} | fields
    return Colour.objects.get_or_create(label=label, defaults=values)[0]


def size_range(name: str = "Maatbalk", sizes=("S", "M", "L")) -> SizeRange:
    """A size range with its sizes in the order given; made once per name."""
    found = SizeRange.objects.get_or_create(name=name)[0]
    for position, label in enumerate(sizes, 1):
        Size.objects.get_or_create(size_range=found, label=str(label), defaults={"position": position})
    return found


def article(
    number: str = "",
    name: str = "Riem",
    price="49.95",
    *,
    colours=(),
    sizes=(),
    brand: str = "",
    group: str = "",
    stock: dict[Branch, int] | None = None,
    barcodes: bool = True,
    **fields,
) -> Article:
    """An article with a variant for every colour and size (labels), each with a barcode.

    stock: {branch: pieces on hand of every variant}. Without colours and sizes it has its one variant.
    """
    vat_rates()
    number = number or f"A{next(_serial):05d}"
    bar = size_range(f"Maten {'-'.join(map(str, sizes))}"[:60], sizes) if sizes else None
    made = Article.objects.create(
        **{
            "number": number,
            "name": name,
            "brand": Brand.objects.get_or_create(name=brand)[0] if brand else None,
            "group": ArticleGroup.objects.get_or_create(path=group)[0] if group else None,
            "sales_price": Decimal(price),
            "size_range": bar,
            "matrix": bool(colours or sizes),
            "search_text": fold(f"{number} {name} {brand}"),
        }
        | fields
    )
    places = {size.label: size for size in bar.sizes.all()} if bar else {}
    variants = Variant.objects.bulk_create(
        Variant(article=made, colour=shade, size=size)
        for shade in ([colour(label) for label in colours] or [None])
        for size in ([places[str(label)] for label in sizes] or [None])
    )
    if barcodes:
        Barcode.objects.bulk_create(Barcode(code=barcode_number(), variant=v) for v in variants)
    for place, pieces in (stock or {}).items():
        stock_service.change(place, on_hand=[(v.pk, Decimal(pieces)) for v in variants])
    return made


def variant(article: Article, colour: str = "", size: str = "") -> Variant:
    """The variant of the article with this colour and size label; its only one without them."""
    chosen = {"colour__label": colour} if colour else {}
    return article.variants.get(**chosen | ({"size__label": str(size)} if size else {}))


def code_of(variant: Variant) -> str:
    """The barcode of a variant, as a scanner reads it."""
    return variant.barcodes.first().code


def order_type(name: str = "Verkooporder", **fields) -> OrderType:
    return OrderType.objects.get_or_create(name=name, defaults=fields)[0]


def delivery_method(name: str = "Afhalen", **fields) -> DeliveryMethod:
    return DeliveryMethod.objects.get_or_create(name=name, defaults=fields)[0]


def draft(
    *, employee: Employee | None = None, branch: Branch | None = None, customer: Customer | None = None, items=()
) -> SalesOrder:
    """A draft order as Nieuw makes it; items: [(variant, pieces)] added to it."""
    order_type()
    delivery_method()
    employee = employee or _employee()
    order = drafts.create(
        branch_id=(branch or employee.home_branch or _branch()).pk,
        employee=employee,
        customer_id=customer.pk if customer else None,
    )
    if items:
        pairs = [(variant.pk, Decimal(pieces)) for variant, pieces in items]
        order = lines.add(order_id=order.pk, items=pairs, employee=employee)
    return order


def _branch() -> Branch:
    return Branch.objects.first() or branch()


def _employee() -> Employee:
    return Employee.objects.filter(roles__role="office").first() or employee()
