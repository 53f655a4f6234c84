"""The chain itself: branches, tills, employees and the tables of Beheer."""

from datetime import date
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from backoffice.catalog.models import VatRate
from backoffice.relations.models import Branch, Employee, EmployeeRole, Till, VatMode
from backoffice.relations.services import secrets
from sales.models import DeliveryMethod, OrderType

PASSWORD = "toonbank-demo"
COMPANY = {
    "company": "Linde & Loof Retail B.V.",
    "kvk": "12345678",
    "vat_id": "NL123456782B01",
    "iban": "NL91ABNA0417164300",
}
BRANCHES = [
    # code, name, street, house number, postcode, city, phone, below stock
    ("UT", "Utrecht Oudegracht", "Oudegracht", "218", "3511 NR", "Utrecht", "030 555 01 42", Branch.BelowStock.ALLOW),
    (
        "AM",
        "Amersfoort Langestraat",
        "Langestraat",
        "87",
        "3811 AD",
        "Amersfoort",
        "033 555 01 17",
        Branch.BelowStock.ALLOW,
    ),
    ("ZE", "Zeist Slotlaan", "Slotlaan", "140", "3701 GR", "Zeist", "030 555 01 68", Branch.BelowStock.WARN),
    (
        "HI",
        "Hilversum Kerkstraat",
        "Kerkstraat",
        "55",
        "1211 CL",
        "Hilversum",
        "035 555 01 23",
        Branch.BelowStock.BLOCK,
    ),
]
EMPLOYEES = [
    # number, name, login, role, branch code or none for all, PIN code
    ("1", "Sanne Bakker", "sanne", EmployeeRole.Role.OFFICE, None, "1061"),
    ("2", "Jeroen van Dam", "jeroen", EmployeeRole.Role.OFFICE, None, "1062"),
    ("3", "Ilse Brandsma", "ilse", EmployeeRole.Role.ADMIN, None, "1063"),
    ("4", "Lotte Postma", "lotte", EmployeeRole.Role.MANAGER, "UT", "4710"),
    ("5", "Farid Aydin", "farid", EmployeeRole.Role.MANAGER, "AM", "4720"),
    ("6", "Karin de Haan", "karin", EmployeeRole.Role.MANAGER, "ZE", "4730"),
    ("7", "Tom Willemsen", "tom", EmployeeRole.Role.MANAGER, "HI", "4740"),
    ("8", "Noor el Amrani", "noor", EmployeeRole.Role.SELLER, "UT", "3001"),
    ("9", "Daan Wolters", "daan", EmployeeRole.Role.SELLER, "UT", "3002"),
    ("10", "Fleur Hendriks", "fleur", EmployeeRole.Role.SELLER, "AM", "3008"),
    ("11", "Gijs Oosterhuis", "gijs", EmployeeRole.Role.SELLER, "ZE", "3004"),
    ("12", "Yara Martens", "yara", EmployeeRole.Role.SELLER, "HI", "3005"),
]
# name, VAT mode, may cancel, deposit percentage, quotation
ORDER_TYPES = [
    ("Verkooporder", VatMode.INCLUSIVE, True, "0", False),
    ("Verkooporder zakelijk", VatMode.EXCLUSIVE, True, "0", False),
    ("Maatwerk", VatMode.INCLUSIVE, False, "50", False),
    ("Offerte", VatMode.INCLUSIVE, True, "0", True),
]
DELIVERY_METHODS = [
    ("Afhalen", DeliveryMethod.Kind.PICKUP, "Afhalen"),
    ("Bezorgen", DeliveryMethod.Kind.DELIVERY, "Bezorgen"),
    ("Bezorgen per post", DeliveryMethod.Kind.DELIVERY, "Met de post"),
]
VAT_RATES = [("high", "Hoog 21 %", "21"), ("low", "Laag 9 %", "9"), ("zero", "Nul 0 %", "0")]


def email(login: str) -> str:
    return f"{login}@lindeenloof.example"


def make() -> tuple[dict[str, Branch], dict[str, Employee]]:
    """Fill the set-up tables. Returns the branches by code and the employees by login."""
    branches = {}
    for code, name, street, number, postcode, city, phone, below_stock in BRANCHES:
        branch = Branch.objects.create(
            code=code, name=name, street=street, house_number=number, postcode=postcode, city=city, phone=phone,
            email=f"{city.lower()}@lindeenloof.example", below_stock=below_stock, **COMPANY,
        )  # fmt: skip
        branches[code] = branch
        Till.objects.bulk_create(Till(branch=branch, number=n, name=f"Kassa {n}") for n in (1, 2))
    secret = make_password(PASSWORD)  # one slow hash for all of them
    employees = {}
    for number, name, login, role, at, pin in EMPLOYEES:
        home = branches[at or "UT"]
        employee = Employee(number=number, name=name, email=email(login), password=secret, home_branch=home)
        secrets.set_pin(employee, secrets.Secret(pin), "pin")
        employee.save()
        EmployeeRole.objects.create(employee=employee, branch=branches.get(at or ""), role=role)
        employees[login] = employee
    for position, (name, vat_mode, may_cancel, deposit, quotation) in enumerate(ORDER_TYPES):
        OrderType.objects.create(
            name=name, vat_mode=vat_mode, may_cancel=may_cancel, deposit_percent=Decimal(deposit), quotation=quotation,
            position=position,
        )  # fmt: skip
    for position, (name, kind, text) in enumerate(DELIVERY_METHODS):
        DeliveryMethod.objects.create(name=name, kind=kind, till_text=text, position=position)
    for code, name, percent in VAT_RATES:
        VatRate.objects.create(code=code, name=name, percent=Decimal(percent), valid_from=date(2019, 1, 1))
    return branches, employees
