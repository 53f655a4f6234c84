"""Import of customers: matched by number, else by e-mail and name; what settings.IMPORTERS names."""

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core import numbers
from backoffice.core.errors import Refusal
from backoffice.core.formats import format_quantity
from backoffice.core.imports import bulk
from backoffice.core.imports.importer import Field, Importer, Problems, Progress, Source
from backoffice.core.input import InputError, clean_text
from backoffice.core.search import fold
from backoffice.relations.countries import COUNTRIES
from backoffice.relations.models import Customer, CustomerAddress, VatMode
from backoffice.relations.services import untaxed
from backoffice.relations.services.customers import (
    FIRST_NUMBER,
    checked,
    checked_address,
    derived_name,
    followed,
    record_untaxed,
    search_text,
)

FIELDS = (
    Field("number", gettext_lazy("Debiteurnummer"),
          ("Debiteurnr", "Klantnummer", "Klantnr", "Nummer", "Customer number", "Customer ID", "Relatienummer",
           "Debtor number")),
    Field("kind", gettext_lazy("Soort"), ("Type", "Klanttype", "Customer type", "Kind")),
    Field("company", gettext_lazy("Bedrijfsnaam"), ("Bedrijf", "Company", "Company name", "Firma", "Organisatie")),
    Field("first_name", gettext_lazy("Voornaam"), ("First name", "Firstname", "Given name")),
    Field("infix", gettext_lazy("Tussenvoegsel"), ("Tussenvoegsels", "Infix", "Prefix")),
    Field("last_name", gettext_lazy("Achternaam"), ("Last name", "Lastname", "Surname", "Family name", "Naam", "Name")),
    Field("email", gettext_lazy("E-mail"), ("E-mailadres", "Mail", "Email", "Email address")),
    Field("phone", gettext_lazy("Telefoon"), ("Telefoonnummer", "Mobiel", "Phone", "Phone number", "Tel", "Mobile")),
    Field("street", gettext_lazy("Straat"), ("Straatnaam", "Street", "Adres", "Address", "Address1")),
    Field("house_number", gettext_lazy("Huisnummer"), ("Huisnr", "House number", "Nr")),
    Field("addition", gettext_lazy("Toevoeging"), ("Huisnummer toevoeging", "Addition", "Suffix")),
    Field("postcode", gettext_lazy("Postcode"), ("Zip", "Zip code", "Postal code")),
    Field("city", gettext_lazy("Plaats"), ("Woonplaats", "Stad", "City", "Town")),
    Field("country", gettext_lazy("Land"), ("Landcode", "Country", "Country code")),
    Field("kvk", gettext_lazy("KVK-nummer"), ("KVK", "KvK nr", "Chamber of commerce", "CoC")),
    Field("vat_id", gettext_lazy("BTW-id"), ("BTW-nummer", "BTW nr", "VAT ID", "VAT number")),
    Field("vat_mode", gettext_lazy("Standaard BTW"), ("BTW", "VAT mode")),
    Field("vat_reason", gettext_lazy("Reden zonder BTW"), ("Reden geen BTW", "Reden verlegd", "VAT reason")),
)  # fmt: skip
VALUES = ("kind", "company", "first_name", "infix", "last_name", "email", "phone", "kvk", "vat_id", "vat_mode")
ADDRESS = ("street", "house_number", "addition", "postcode", "city", "country")
KINDS = {"particulier": "private", "private": "private", "consument": "private", "p": "private",
         "zakelijk": "business", "business": "business", "bedrijf": "business", "z": "business",
         "b": "business"}  # fmt: skip
MODES = {"inclusief": "inclusive", "exclusief": "exclusive", "verlegd": "reverse_charge", "geen": "none"}
MODES |= {fold(str(mode.label)): mode.value for mode in VatMode} | {mode.value: mode.value for mode in VatMode}
LANDS = {fold(str(name)): code for code, name in COUNTRIES} | {fold(code): code for code, _name in COUNTRIES}
LANDS |= {
    "nederland": "NL",
    "netherlands": "NL",
    "the netherlands": "NL",
    "holland": "NL",
    "belgium": "BE",
    "germany": "DE",
}
LABELS = {one.name: str(one.label) for one in FIELDS}
MAX_NUMBER = 99_999_999


@dataclass(slots=True)
class CustomerPlan:
    """One row: the values that the file has, and the customer that it is about, when there is one."""

    row: int
    number: Any  # int, or None until one is taken
    values: dict[str, Any]
    address: dict[str, Any]
    known: Any = None  # the Customer, when there is one
    vat_reason: str = ""  # of a mode without VAT that is new
    changes: bool = False


@dataclass(slots=True)
class Plan:
    customers: list[CustomerPlan] = field(default_factory=list)


def check(source: Source, problems: Problems, options: dict, progress: Progress) -> Plan:
    """Every row as it is stored; problems takes what is wrong, by row and column."""
    plan, total = Plan(), max(source.table.count, 1)
    known = Known(source)
    seen: dict[Any, int] = {}
    for done, (row, cells) in enumerate(source.rows()):
        one = _read(row, cells, source, problems, known)
        if one is not None and _first(one, seen, source, problems):
            plan.customers.append(one)
        if not done % 500:
            progress(done / total)
    return plan


class Known:
    """The customers that the rows may be about, read once."""

    def __init__(self, source: Source):
        wanted_numbers, emails = set(), set()
        for _row, cells in source.rows():
            if (number := cells.get("number", "")).isdigit() and number.isascii() and len(number) < 10:
                wanted_numbers.add(int(number))
            if cells.get("email"):
                emails |= {cells["email"], _host_lowered(cells["email"])}
        found = Customer.objects.filter(anonymised_at=None).prefetch_related("addresses").order_by("-pk")
        self.by_number = {c.number: c for c in found.filter(number__in=wanted_numbers)}
        self.by_name = {(fold(c.email), fold(c.name)): c for c in found.filter(email__in=emails)}

    def of(self, number: int | None, email: str, name: str) -> Customer | None:
        if number is not None:
            return self.by_number.get(number)
        return self.by_name.get((fold(email), fold(name))) if email else None


def _host_lowered(email: str) -> str:
    name, _at, host = email.rpartition("@")
    return f"{name}@{host.lower()}"


def _read(row: int, cells: dict, source: Source, problems: Problems, known: Known) -> CustomerPlan | None:
    """The row as it is stored, or nothing where it is wrong."""
    before = problems.total

    def wrong(name: str, sentence: str) -> None:
        problems.add(row, source.header(name, LABELS.get(name, name)), cells.get(name, ""), sentence)

    number = None
    if typed := cells.get("number", ""):
        if typed.isascii() and typed.isdigit() and 0 < int(typed[:12]) <= MAX_NUMBER:
            number = int(typed)
        else:
            wrong("number", _("Een debiteurnummer is een getal van hoogstens acht cijfers."))
    values = {name: cells[name] for name in VALUES if name in source}
    for name, words in (("kind", KINDS), ("vat_mode", MODES)):
        if values.get(name):
            values[name] = words.get(fold(values[name]), "?")
    if not values.get("kind"):
        values["kind"] = "business" if values.get("company") else "private"
    old = known.of(number, values.get("email", ""), _name(values))
    if old is not None:  # a file with some of the columns changes these only
        values = {name: getattr(old, name) for name in VALUES} | {
            name: value for name, value in values.items() if value or name != "kind"
        }
        if "kind" not in source and not cells.get("company"):
            values["kind"] = old.kind
    try:
        values = checked(values)
    except Refusal as refusal:
        for one in getattr(refusal, "all", [refusal]):
            wrong(one.field or "last_name", one.message)
    reason, mode = cells.get("vat_reason", "").strip(), values.get("vat_mode", "")
    if untaxed_new := mode in untaxed.MODES and (old is None or old.vat_mode != mode):
        try:
            reason = clean_text(reason, max_length=untaxed.REASON_LENGTH)
            if not reason:
                wrong("vat_mode", _("Geef in de kolom Reden zonder BTW op waarom deze debiteur zonder BTW koopt."))
        except InputError as error:
            wrong("vat_reason", error.message)
    address = _address(cells, source, wrong)
    if problems.total > before:
        return None
    plan = CustomerPlan(row, number, values, address, old, vat_reason=reason if untaxed_new else "")
    plan.changes = old is not None and _differs(plan)
    return plan


def _name(values: dict[str, str]) -> str:
    return values.get("company") or " ".join(
        part for part in (values.get(name, "") for name in ("first_name", "infix", "last_name")) if part
    )


def _address(cells: dict, source: Source, wrong) -> dict:
    given = {name: cells[name] for name in ADDRESS if name in source}
    if not any(value for name, value in given.items() if name != "country"):
        return {}
    if given.get("country"):
        given["country"] = LANDS.get(fold(given["country"]), "?")
    try:
        return checked_address({"kind": CustomerAddress.Kind.INVOICE} | given)
    except Refusal as refusal:
        wrong(refusal.field or "street", refusal.message)
        return {}


def _invoice_address(customer: Customer) -> CustomerAddress | None:
    return next((a for a in customer.addresses.all() if a.kind == CustomerAddress.Kind.INVOICE), None)


def _differs(plan: CustomerPlan) -> bool:
    if any(getattr(plan.known, name) != value for name, value in plan.values.items()):
        return True
    there = _invoice_address(plan.known)
    return bool(plan.address) and (there is None or any(getattr(there, n) != v for n, v in plan.address.items()))


def _first(one: CustomerPlan, seen: dict, source: Source, problems: Problems) -> bool:
    """Whether no earlier row is about the same customer."""
    email, name = one.values.get("email", ""), _name(one.values)
    keys: list = [("number", one.number)] if one.number is not None else []
    keys += [("known", one.known.pk)] if one.known else []
    keys += [("person", fold(email), fold(name))] if email else []
    earlier = next((seen[key] for key in keys if key in seen), None)
    for key in keys:
        seen.setdefault(key, one.row)
    if earlier is None:
        return True
    marked = "number" if one.number is not None else "email"
    problems.add(
        one.row,
        source.header(marked, LABELS[marked]),
        one.number if one.number is not None else email,
        _("Deze debiteur staat al op rij %(row)s.") % {"row": earlier},
    )
    return False


def apply(plan: Plan, *, employee, options: dict, file_name: str, progress: Progress) -> None:
    """Write new and changed customers inside the caller's transaction; numbers are taken last and never doubled."""
    new = [one for one in plan.customers if one.known is None]
    changed = [one for one in plan.customers if one.changes]
    for one in plan.customers:
        if one.vat_reason:
            untaxed.check_right(employee, one.values["vat_mode"])
    own = [one.number for one in new if one.number is not None]
    numbers.raise_to("customer", max([FIRST_NUMBER - 1, *own]))
    for one in new:
        if one.number is None:
            one.number = numbers.take("customer")
    made = [_complete(Customer(**one.values, number=one.number), one, employee) for one in new]
    addresses = [CustomerAddress(**one.address) if one.address else None for one in new]
    Customer.objects.bulk_create(made, batch_size=bulk.CHUNK)
    progress(0.6)
    for customer, address in zip(made, addresses, strict=True):
        if address is not None:
            address.customer = customer
    CustomerAddress.objects.bulk_create([a for a in addresses if a is not None], batch_size=bulk.CHUNK)
    for one in changed:
        _change(one, employee)
    for one, customer in [*zip(new, made, strict=True), *((one, one.known) for one in changed)]:
        record_untaxed(customer, one.vat_reason, employee)
    progress(1)


def _complete(customer: Customer, one: CustomerPlan, employee) -> Customer:
    others = [a for a in customer.addresses.all() if a.kind != CustomerAddress.Kind.INVOICE] if customer.pk else []
    own = [CustomerAddress(**one.address)] if one.address else []
    if customer.pk and not own and (there := _invoice_address(customer)):
        own = [there]
    customer.name = derived_name(customer)
    customer.search_text = search_text(customer, own + others)
    customer.changed_at, customer.changed_by = timezone.now(), employee
    return customer


def _change(one: CustomerPlan, employee) -> None:
    customer = one.known
    contact = customer.email, customer.phone
    for name, value in one.values.items():
        setattr(customer, name, value)
    if one.address:
        CustomerAddress.objects.update_or_create(
            customer=customer, kind=CustomerAddress.Kind.INVOICE, defaults=one.address
        )
    _complete(customer, one, employee)
    customer.revision += 1
    customer.save()
    if (customer.email, customer.phone) != contact:
        followed(customer)


def counts(plan: Plan) -> dict[str, int]:
    new = sum(one.known is None for one in plan.customers)
    changed = sum(one.changes for one in plan.customers)
    return {
        "customers": len(plan.customers),
        "customers_new": new,
        "customers_changed": changed,
        "created": new,
        "updated": changed,
    }


def sentence(counts: dict[str, int]) -> str:
    """ "312 debiteuren"."""
    found = counts.get("customers", 0)
    return f"{format_quantity(found)} {_('debiteur') if found == 1 else _('debiteuren')}"


def facts(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [
        (_("Nieuwe debiteuren"), counts["customers_new"]),
        (_("Gewijzigde debiteuren"), counts["customers_changed"]),
    ]


def shown(plan: Plan, limit: int) -> tuple[list[str], list[list[str]]]:
    """The first customers as they are read."""
    header = [_("Rij"), _("Debiteurnummer"), _("Soort"), _("Naam"), _("E-mail"), _("Telefoon"), _("Adres"),
              _("Postcode"), _("Plaats"), _("Land")]  # fmt: skip
    kinds = dict(Customer.Kind.choices)
    rows = []
    for one in plan.customers[:limit]:
        address = one.address
        street = " ".join(address[name] for name in ("street", "house_number", "addition") if address.get(name))
        number = one.number or (one.known.number if one.known else _("volgt"))
        place = [address.get(name, "") for name in ("postcode", "city", "country")]
        values = one.values
        rows.append([str(one.row), str(number), str(kinds[values["kind"]]), _name(values), values.get("email", ""),
                     values.get("phone", ""), street, *place])  # fmt: skip
    return header, rows


CUSTOMERS = Importer(
    kind="customers",
    fields=FIELDS,
    check=check,
    apply=apply,
    counts=counts,
    sentence=sentence,
    facts=facts,
    shown=shown,
    figures=(gettext_lazy("Rij"), gettext_lazy("Debiteurnummer")),
)
