"""Three hundred customers: private, business, and some with a VAT id abroad. Names and addresses are made up."""

import random

from stdnum.nl import bsn

from backoffice.core.search import fold
from backoffice.relations.models import Customer, VatMode
from backoffice.relations.services import customers

FIRST = (
    "Anneke Bram Chris Daan Eva Fatima Gijs Hester Ibrahim Jolien Kees Liesbeth Marit Noah Olga Pieter Quinten Ruben"
    " Saskia Tess Umut Vera Wouter Yasmin Zoë Maud Sjoerd Femke Hugo Renée"
).split()
LAST = [
    ("", "Hoekstra"), ("de", "Wit"), ("van der", "Berg"), ("", "Terpstra"), ("", "Vermeer"), ("van", "Rijn"), ("", "Yılmaz"),
    ("", "Kuipers"), ("de", "Graaf"), ("", "Blom"), ("", "Jansma"), ("el", "Amrani"), ("van den", "Heuvel"), ("", "Scholten"),
    ("", "Oosterhuis"), ("ter", "Horst"), ("", "Meijer"), ("", "Özdemir"), ("in 't", "Veld"), ("", "Dijkstra"),
]  # fmt: skip
STREETS = [
    "Lindelaan",
    "Kerkstraat",
    "Havik",
    "Biltstraat",
    "Slotlaan",
    "Emmalaan",
    "Nachtegaalstraat",
    "Kromme Nieuwegracht",
]
PLACES = [
    ("35", "Utrecht"), ("38", "Amersfoort"), ("37", "Zeist"), ("12", "Hilversum"), ("39", "Veenendaal"), ("34", "Nieuwegein"),
]  # fmt: skip
COMPANIES = [
    "Hotel De Zwaan", "Brouwerij ’t Spui", "Fysio Lunetten", "Kinderopvang Het Klompje", "Atelier Lombok", "Café Olivier & Zn",
    "Roeivereniging De Riemslag", "Stichting Theater De Vaart", "Koor Zingende Dom", "Bakkerij Vroeg", "Tandarts Maliebaan",
    "Garage Overvecht", "Bloemen van Bo", "Boekhandel Blad", "Installatie Noord", "Zorggroep Heuvelrug",
]  # fmt: skip
FORMS = ["B.V.", "v.o.f.", "N.V.", ""]
# company, country, VAT id (valid by its check digits), street, postcode, city
ABROAD = [
    ("Modehaus Rhein GmbH", "DE", "DE136695976", "Königsallee", "40212", "Düsseldorf"),
    ("Boutique Scheldt NV", "BE", "BE0428759497", "Meir", "2000", "Antwerpen"),
    ("Maison Tricolore SARL", "FR", "FR40303265045", "Rue de Béthune", "59800", "Lille"),
    ("Nordisk Tøj ApS", "DK", "DK13585628", "Strøget", "1160", "København"),
]


def make(employee, count: int = 300) -> list[Customer]:
    """Make the customers through the service, always the same ones."""
    rng = random.Random(11)
    made = [_abroad(row, employee) for row in ABROAD]
    businesses = [f"{name} {form}".strip() for form in FORMS for name in COMPANIES][: count // 5]
    made += [_business(name, rng, employee) for name in businesses]
    made += [_private(rng, employee) for _ in range(count - len(made))]
    return made


def _abroad(row, employee) -> Customer:
    company, country, vat_id, street, postcode, city = row
    values = {"kind": "business", "company": company, "vat_id": vat_id, "vat_mode": VatMode.REVERSE_CHARGE}
    values["vat_reason"] = "Bedrijf in een ander EU-land"
    values["email"] = f"inkoop@{_slug(company)}.example"
    address = {"kind": "invoice", "street": street, "house_number": "12", "postcode": postcode, "city": city}
    return customers.create(
        employee=employee, values=values, addresses=[address | {"country": country}], confirmed=True
    )


def _business(company: str, rng, employee) -> Customer:
    digits = _bsn(rng)
    first, (infix, last) = rng.choice(FIRST), rng.choice(LAST)
    values = {
        "kind": "business", "company": company, "first_name": first, "infix": infix, "last_name": last,
        "email": f"inkoop@{_slug(company)}.example", "phone": _phone(rng), "kvk": f"{rng.randrange(10_000_000, 99_999_999)}",
        "vat_id": f"NL{digits}B{rng.randrange(1, 100):02d}", "vat_mode": rng.choice([VatMode.EXCLUSIVE, VatMode.EXCLUSIVE, ""]),
    }  # fmt: skip
    addresses = [_address("invoice", rng)]
    if rng.random() < 0.3:
        addresses.append(_address("delivery", rng) | {"attention": "Personeelsingang"})
    return customers.create(employee=employee, values=values, addresses=addresses, confirmed=True)


def _private(rng, employee) -> Customer:
    first, (infix, last) = rng.choice(FIRST), rng.choice(LAST)
    values = {"kind": "private", "first_name": first, "infix": infix, "last_name": last}
    if rng.random() < 0.8:
        values["email"] = f"{_slug(first)}.{_slug(infix + last)}{rng.randrange(10, 99)}@example.com"
    if rng.random() < 0.6:
        values["phone"] = _phone(rng)
    return customers.create(employee=employee, values=values, addresses=[_address("invoice", rng)], confirmed=True)


def _address(kind: str, rng) -> dict:
    prefix, city = rng.choice(PLACES)
    letters = "".join(rng.choice("ABCDEGHJKLMNPRTVWXZ") for _ in range(2))
    return {
        "kind": kind, "street": rng.choice(STREETS), "house_number": str(rng.randrange(1, 240)), "city": city,
        "postcode": f"{prefix}{rng.randrange(10, 99)} {letters}", "country": "NL",
    }  # fmt: skip


def _phone(rng) -> str:
    return f"06 1{rng.randrange(1_000_000, 9_999_999)}"


def _bsn(rng) -> str:
    """Nine digits that pass the eleven test of a Dutch VAT id."""
    while True:
        digits = f"{rng.randrange(100_000_000, 999_999_999)}"
        if bsn.is_valid(digits):
            return digits


def _slug(text: str) -> str:
    return "".join(c for c in fold(text) if c.isascii() and c.isalnum())
