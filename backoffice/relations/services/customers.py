"""Making and changing a customer, with a look at likely duplicates first."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import journal, numbers
from backoffice.core.errors import Refusal, Refusals, Stale
from backoffice.core.formats import format_phone
from backoffice.core.input import InputError, clean_text
from backoffice.core.keys import keyed
from backoffice.core.search import fold
from backoffice.relations import validators
from backoffice.relations.models import Customer, CustomerAddress, VatMode
from backoffice.relations.rights import access_of
from backoffice.relations.services import untaxed
from backoffice.relations.services.logins import usual_branch

FIRST_NUMBER = 10001
# read once: an enumeration makes these lists anew each time
KINDS, MODES, ADDRESS_KINDS = (frozenset(e.values) for e in (Customer.Kind, VatMode, CustomerAddress.Kind))
MODES |= {""}
TEXTS = {"company": 120, "first_name": 60, "infix": 20, "last_name": 80}
CHECKS = {
    "email": validators.clean_email,
    "kvk": validators.clean_kvk,
    "vat_id": validators.clean_vat_id,
}
# what a floor above does when e-mail or phone of customers changed (orders are found by them)
FOLLOW: list[Callable[[Sequence[Customer]], None]] = []
VALUES = ("kind", *TEXTS, "phone", *CHECKS, "vat_mode", "note", "blocked")
ADDRESS_TEXTS = {"attention": 120, "street": 120, "house_number": 10, "addition": 20, "city": 80}
ADDRESS_VALUES = (*ADDRESS_TEXTS, "postcode", "country")


class LikelyDuplicates(Refusal):
    """Others look like the same customer; sent again with confirmed=True the new one is made all the same."""

    def __init__(self, customers: list[Customer]):
        super().__init__("customer.duplicates", _("Deze debiteur lijkt er al te zijn. Kijk eerst hieronder."))
        self.customers = customers


@keyed("relations.customer.create")
def create(*, employee, values: dict, addresses: Sequence[dict] = (), confirmed: bool = False) -> Customer:
    """Make a customer with the next number.

    values: kind, company, first_name, infix, last_name, email, phone, kvk, vat_id, vat_mode, note, blocked; any may be
    left out. A mode without VAT asks the right sales.untaxed and values["vat_reason"], which is journalled.
    addresses: dicts with kind ("invoice" or "delivery") and attention, street, house_number, addition,
    postcode, city, country. Raises Refusals (field named) and LikelyDuplicates.
    """
    _guard(employee)
    customer = Customer(**checked(values, country_of(addresses)))
    untaxed_for = reason_untaxed("", customer.vat_mode, values.get("vat_reason", ""), employee)
    rows = [CustomerAddress(**checked_address(address)) for address in addresses]
    if not confirmed and (likely := likely_duplicates(customer, rows)):
        raise LikelyDuplicates(likely)
    numbers.raise_to("customer", FIRST_NUMBER - 1)
    customer.number = numbers.take("customer")
    _complete(customer, rows, employee)
    customer.save(force_insert=True)
    for row in rows:
        row.customer = customer
    CustomerAddress.objects.bulk_create(rows)
    record_untaxed(customer, untaxed_for, employee)
    return customer


@keyed("relations.customer.change", result=("relations.Customer", "customer_id"))
def change(*, customer_id: int, revision: int | None, employee, values: dict, addresses: list[dict]) -> Customer:
    """Change a customer; addresses are all of them: one without its id is added, one left out is deleted.

    Orders keep the name and addresses that they copied. A mode without VAT: as create(). Raises Refusals and Stale.
    """
    _guard(employee)
    customer = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if customer is None:
        raise Refusal("customer.unknown", _("Deze debiteur bestaat niet meer."))
    if customer.anonymised_at:
        raise Refusal("customer.anonymised", _("Deze debiteur is geanonimiseerd en kan niet meer worden gewijzigd."))
    new = checked(values, country_of(addresses))
    if revision != customer.revision:
        raise _stale(customer, new)
    mode = new.get("vat_mode", customer.vat_mode)
    untaxed_for = reason_untaxed(customer.vat_mode, mode, values.get("vat_reason", ""), employee)
    contact = customer.email, customer.phone
    for name, value in new.items():
        setattr(customer, name, value)
    known = {row.pk: row for row in customer.addresses.all()}
    rows = []
    for address in addresses:
        row = known.pop(address.get("id") or 0, None) or CustomerAddress(customer=customer)
        for name, value in checked_address(address).items():
            setattr(row, name, value)
        rows.append(row)
    _complete(customer, rows, employee)
    customer.revision += 1
    customer.save()
    customer.addresses.filter(pk__in=known).delete()
    for row in rows:
        row.save()
    record_untaxed(customer, untaxed_for, employee)
    if (customer.email, customer.phone) != contact:
        followed([customer])
    return customer


def followed(changed: Sequence[Customer]) -> None:
    """Tell the floors above that e-mail or phone of these customers changed."""
    for follow in FOLLOW:
        follow(changed)


def reason_untaxed(before: str, mode: str, reason: str, employee) -> str:
    """Why the customer comes to be sold to without VAT; empty when that is not new. Raises Refusal."""
    return untaxed.check(employee, mode, reason) if mode != before and mode in untaxed.MODES else ""


def record_untaxed(customer: Customer, reason: str, employee) -> None:
    """Write in the journal why a customer is sold to without VAT from now on; nothing without a reason."""
    branch_id = usual_branch(employee) if reason else None
    if branch_id is not None:
        data = {"vat_mode": customer.vat_mode, "reason": reason}
        journal.write(branch_id=branch_id, employee=employee, action="customer.untaxed", about=customer, data=data)


def country_of(addresses: Sequence[dict]) -> str:
    """The country in which a customer telephones: that of the invoice address, else of the first one, else ours."""
    ranked = sorted(addresses, key=lambda address: address.get("kind") != CustomerAddress.Kind.INVOICE)
    named = next((address["country"] for address in ranked if address.get("country")), validators.HOME)
    return named.strip().upper()


def checked(values: dict, country: str = validators.HOME) -> dict:
    """The values as they are stored; a phone number without its country is of this one.

    Raises Refusals with every field that does not hold.
    """
    found, wrong = read(values, country)
    wrong += incomplete(found)
    if wrong:
        raise Refusals(wrong)
    if found.get("kind") != Customer.Kind.BUSINESS:
        found["company"] = ""
    return found


def read(values: dict, country: str) -> tuple[dict, list[Refusal]]:
    """Each value by itself as it is stored, and what is wrong with those that cannot be."""
    found, wrong = {}, []
    for name, value in values.items():
        if name not in VALUES:
            continue
        try:
            found[name] = _read(name, value, country)
        except InputError as error:
            wrong.append(Refusal(f"customer.{name}", error.message, name))
            found[name] = value
    return found, wrong


def incomplete(found: dict) -> list[Refusal]:
    """What is wrong with the values of a customer together."""
    wrong = []
    if found.get("kind", Customer.Kind.PRIVATE) not in KINDS:
        wrong.append(Refusal("customer.kind", _("Kies Particulier of Zakelijk."), "kind"))
    if found.get("vat_mode", "") not in MODES:
        wrong.append(Refusal("customer.vat_mode", _("Kies een waarde uit de lijst."), "vat_mode"))
    business = found.get("kind") == Customer.Kind.BUSINESS
    if business and not found.get("company"):
        wrong.append(Refusal("customer.company", _("Vul de bedrijfsnaam in."), "company"))
    if not business and not found.get("last_name"):
        wrong.append(Refusal("customer.last_name", _("Vul de achternaam in."), "last_name"))
    return wrong


def _read(name: str, value, country: str):
    if name in TEXTS:
        return clean_text(value, max_length=TEXTS[name])
    if name == "note":
        return clean_text(value, max_length=4000, multiline=True)
    if name == "phone":
        return validators.clean_phone(value, country)
    return CHECKS[name](value) if name in CHECKS else value


def checked_address(address: dict) -> dict:
    """One address as it is stored. Raises a Refusal that names the address's field."""
    name = "country"
    if address["kind"] not in ADDRESS_KINDS:
        raise Refusal("address.kind", _("Kies factuuradres of bezorgadres."), "kind")
    try:
        country = validators.clean_country(address.get("country", ""))
        found = {"kind": CustomerAddress.Kind(address["kind"]), "country": country}
        for name, length in ADDRESS_TEXTS.items():
            found[name] = clean_text(address.get(name, ""), max_length=length)
        name = "postcode"
        found["postcode"] = validators.clean_postcode(address.get("postcode", ""), country)
    except InputError as error:
        raise Refusal(f"address.{name}", error.message, name) from error
    return found


def derived_name(customer: Customer) -> str:
    """The company, else the person."""
    return customer.company or customer.person


def search_text(customer: Customer, addresses: list[CustomerAddress]) -> str:
    """What a customer is found by: number, names, e-mail, phone and postcodes as people type them, streets, cities."""
    words = [str(customer.number), derived_name(customer), customer.person, customer.email]
    words += validators.phone_words(customer.phone)
    for address in addresses:
        words += [address.attention, address.street_line]
        words += [address.postcode, address.postcode.replace(" ", ""), address.city]
    return fold(" ".join(dict.fromkeys(word for word in words if word)))


def likely_duplicates(customer: Customer, addresses: list[CustomerAddress], limit: int = 5) -> list[Customer]:
    """Customers with the same e-mail (in any case) or phone, or a like name at the same postcode and house number."""
    others = Customer.objects.exclude(pk=customer.pk).prefetch_related("addresses")
    found: dict[int, Customer] = {}
    # indexes customer_by_email, customer_by_phone, customer_address_postcode
    if customer.email:
        lowered = others.exclude(email="").annotate(lowered=Lower("email")).filter(lowered=customer.email.lower())
        found |= {c.pk: c for c in lowered[:limit]}
    if customer.phone:
        found |= {c.pk: c for c in others.filter(phone=customer.phone)[:limit]}
    for address in addresses:
        if address.postcode and address.house_number:
            there = others.filter(
                addresses__postcode=address.postcode, addresses__house_number__iexact=address.house_number
            )
            family = fold(customer.last_name or customer.company)
            found |= {c.pk: c for c in there[:20] if alike(fold(c.last_name or c.company), family)}
    return list(found.values())[:limit]


def alike(one: str, other: str) -> bool:
    """Whether two folded last names (or companies) share three letters in a row out of most of the shorter one."""
    a, b = _trigrams(one), _trigrams(other)
    return bool(a and b) and len(a & b) / min(len(a), len(b)) >= 0.5


def _trigrams(text: str) -> set[str]:
    padded = f"  {text} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)} if text else set()


def _complete(customer: Customer, addresses: list[CustomerAddress], employee) -> None:
    if sum(row.kind == CustomerAddress.Kind.INVOICE for row in addresses) > 1:
        raise Refusal("customer.invoice_address", _("Een debiteur heeft één factuuradres."))
    derive(customer, addresses, employee)


def derive(customer: Customer, addresses: list[CustomerAddress], employee) -> None:
    """What follows from the other values of a customer and from its addresses, and who wrote them."""
    customer.name = derived_name(customer)
    customer.search_text = search_text(customer, addresses)
    customer.changed_at, customer.changed_by = timezone.now(), employee


def _stale(customer: Customer, new: dict) -> Stale:
    fields = [
        (_label(name), _shown(customer, name), _shown(Customer(**new), name))
        for name in new
        if getattr(customer, name) != new[name]
    ]
    return Stale(
        _("Kijk wat er is gewijzigd. Slaat u toch op, dan gelden uw waarden."),
        who=str(customer.changed_by or ""),
        at=customer.changed_at,
        fields=fields,
    )


def _label(name: str) -> str:
    field: Any = Customer._meta.get_field(name)
    return str(field.verbose_name)


def _shown(customer: Customer, name: str) -> str:
    if name == "phone":
        return format_phone(customer.phone)
    if name == "blocked":
        return _("ja") if customer.blocked else _("nee")
    display = getattr(customer, f"get_{name}_display", None)
    return str(display() if display else getattr(customer, name))


def _guard(employee) -> None:
    if not access_of(employee).can("customers.edit"):
        raise Refusal("customer.right", _("U mag geen debiteuren wijzigen."))
