"""The same shop twice: as rows of the product, and as the model sees it. Names are the link between the two."""

import datetime
import random
import uuid
from decimal import Decimal
from types import SimpleNamespace

from backoffice.catalog import stock
from backoffice.catalog.models import VatRate
from backoffice.relations.models import Employee
from payments.models import PaymentMethod
from pos.models import TillSeat
from tests import factories
from tests.oracle.model import Article, Customer, Person, Shop
from tests.oracle.sums import EXCLUSIVE, NONE, REVERSE
from tests.payments.shop import methods

D = Decimal
VAT_ID = "NL001234567B01"
# name, price, VAT code, whether stock is kept of it. Two codes of one percentage, and equal prices at two rates.
ARTICLES = [
    ("jas", "121.00", "high", True), ("sokken", "4.95", "high", True), ("shirt", "49.95", "high", True),
    ("riem", "50.00", "high", True), ("laars", "133.33", "high", True), ("inkorten", "12.50", "low", False),
    ("boek", "50.00", "low", True), ("kaart", "4.95", "books", True), ("gids", "50.00", "books", True),
    ("gift", "25.00", "zero", True), ("muts", "0.99", "high", True), ("bloem", "7.77", "low", True),
]  # fmt: skip
RATES = {"high": "21", "low": "9", "books": "9", "zero": "0"}
AFTER = {"high": "24", "books": "12"}  # from New Year, where a day of the tests lies around it
KEEPING = {"books"}  # earlier orders keep this rate; those of the other code follow at their delivery
CUSTOMERS = [
    ("Vermeer", "", ""), ("Groothandel", EXCLUSIVE, VAT_ID), ("Bouwhuis", REVERSE, VAT_ID),
    ("Ambassade", NONE, ""), ("Smit", "", ""), ("Zaak", EXCLUSIVE, ""),
]  # fmt: skip
NEW_YEAR = datetime.date(2027, 1, 1)
TILLS = {"U1": "Utrecht", "U2": "Utrecht", "B1": "Breda"}
CASHIERS = {"U1": "seller", "U2": "manager", "B1": "rover"}


def open_shop(today: datetime.date, dice: random.Random) -> tuple[Shop, SimpleNamespace]:
    """(the model's shop, the product's): two branches, three tills, five people, customers of every VAT mode."""
    p = SimpleNamespace(branch={name: factories.branch(name) for name in ("Utrecht", "Breda")})
    p.till = {
        name: factories.till(p.branch[branch], int(name[1:]), name=f"Kassa {name}") for name, branch in TILLS.items()
    }
    for till in p.till.values():
        till.device_token_hash = uuid.uuid4().hex
        till.save()
        TillSeat.objects.create(till=till, device_hash=till.device_token_hash)
    utrecht = p.branch["Utrecht"]
    p.person = {
        "seller": factories.employee("seller", utrecht, name="Marieke de Wit"),
        "manager": factories.employee("manager", utrecht, name="Joris van Dam"),
        "rover": factories.employee("manager", None, name="Rik Rover", home_branch=p.branch["Breda"]),
        "office": factories.employee("office", utrecht, name="Sanne Bakker"),
        "admin": factories.employee("admin", None, name="Bea Beheer", home_branch=utrecht),
    }
    p.method = vars(methods())
    PaymentMethod.objects.filter(name="Contant").update(at_desk=True)
    factories.order_type("Verkooporder")
    p.home = {False: factories.delivery_method("Afhalen"), True: factories.delivery_method("Bezorgen", kind="delivery")}
    shop = Shop(
        today=today, tills=dict(TILLS), articles=[], customers=[], people=_people(p), rates=_rates(),
        keeping=set(KEEPING), codes={name: branch.code for name, branch in p.branch.items()}, on=dict.fromkeys(TILLS),
    )  # fmt: skip
    for name, price, code, stocked in ARTICLES:
        made = factories.article(name=name, price=price, vat_code=code, stocked=stocked)
        shop.articles.append(Article(name, D(price), code, stocked, ref=made.variants.get().pk))
    for name, mode, vat_id in CUSTOMERS:
        row = factories.customer(name, vat_mode=mode, vat_id=vat_id)
        shop.customers.append(Customer(name, mode, vat_id, ref=row.pk))
    for name, branch in p.branch.items():
        pieces = {article: D(dice.randint(5, 40)) for article in shop.articles if article.stocked}
        stock.move(
            branch, [(article.ref, n) for article, n in pieces.items()], reason="opening", source="begin",
            employee=p.person["admin"],
        )  # fmt: skip
        shop.on_hand |= {(name, article): number for article, number in pieces.items()}
    return shop, p


def _people(p: SimpleNamespace) -> dict[str, Person]:
    """What the rights say (docs/rules.md, Rights): ceilings of 10 and 30 percent, a beheerder has none."""
    refs: dict[str, Employee] = p.person
    return {
        "seller": Person("seller", 10, ref=refs["seller"].pk),
        "manager": Person("manager", 30, manages=True, reverses=True, ref=refs["manager"].pk),
        "rover": Person("rover", 30, manages=True, reverses=True, ref=refs["rover"].pk),
        "office": Person("office", 30, manages=True, ref=refs["office"].pk),
        "admin": Person("admin", 100, manages=True, reverses=True, ref=refs["admin"].pk),
    }


def _rates() -> dict[str, list[tuple[datetime.date, Decimal]]]:
    """The rates in both, with those of New Year."""
    factories.vat_rates()
    VatRate.objects.get_or_create(
        code="books", valid_from=factories.LONG_AGO, defaults={"name": "Boeken 9 %", "percent": D(RATES["books"])}
    )
    found = {code: [(factories.LONG_AGO, D(percent))] for code, percent in RATES.items()}
    for code, percent in AFTER.items():
        VatRate.objects.filter(code=code, valid_to=None).update(valid_to=NEW_YEAR - datetime.timedelta(days=1))
        undelivered = "keep" if code in KEEPING else "follow"
        VatRate.objects.create(
            code=code, valid_from=NEW_YEAR, name=f"Nieuw {percent} %", percent=D(percent), undelivered=undelivered
        )
        found[code].append((NEW_YEAR, D(percent)))
    return found
