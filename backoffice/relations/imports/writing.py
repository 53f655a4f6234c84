"""The plan written: new customers and changed ones, with their addresses; numbers are taken last and never doubled."""

from django.utils.translation import gettext as _

from backoffice.core import numbers
from backoffice.core.db import bulk
from backoffice.core.errors import Refusal
from backoffice.core.imports.importer import Progress
from backoffice.relations.imports.plan import CustomerPlan, Plan
from backoffice.relations.imports.reading import invoice_address
from backoffice.relations.models import Customer, CustomerAddress
from backoffice.relations.services import untaxed
from backoffice.relations.services.customers import FIRST_NUMBER, derive, followed, record_untaxed

NEW, ADDRESSES, CHANGED = 0.5, 0.7, 0.95  # how the work is spread, for the progress bar
CHUNK = 1_000


def apply(plan: Plan, *, employee, options: dict, file_name: str, progress: Progress) -> None:
    """Write new and changed customers inside the caller's transaction. Raises Refusal."""
    new = [one for one in plan.customers if one.known is None]
    changed = [one for one in plan.customers if one.changes]
    for one in plan.customers:
        if one.vat_reason:
            untaxed.check_right(employee, one.values["vat_mode"])
    _unchanged_meanwhile(changed)
    _number(new)
    made = []
    for at, one in enumerate(new):
        customer = Customer(**one.values, number=one.number or 0)  # _number gave each one
        addresses = [CustomerAddress(**one.address)] if one.address else []
        derive(customer, addresses, employee)
        made.append((customer, addresses))
        if not at % CHUNK:
            progress(NEW * at / len(new) / 2)
    for at in range(0, len(made), CHUNK):
        Customer.objects.bulk_create(customer for customer, _addresses in made[at : at + CHUNK])
        progress(NEW * (0.5 + at / len(made) / 2))
    for customer, addresses in made:
        for address in addresses:
            address.customer = customer
    CustomerAddress.objects.bulk_create([a for _customer, some in made for a in some], batch_size=CHUNK)
    progress(ADDRESSES)
    _write_changed(changed, employee, progress)
    for customer, reason in [
        *((customer, one.vat_reason) for (customer, _some), one in zip(made, new, strict=True)),
        *((one.known, one.vat_reason) for one in changed if one.known),
    ]:
        record_untaxed(customer, reason, employee)
    progress(1)


def _number(new: list[CustomerPlan]) -> None:
    own = [one.number for one in new if one.number is not None]
    numbers.raise_to("customer", max([FIRST_NUMBER - 1, *own]))
    without = [one for one in new if one.number is None]
    for one, number in zip(without, numbers.take_many("customer", len(without)), strict=True):
        one.number = number


def _unchanged_meanwhile(changed: list[CustomerPlan]) -> None:
    """Hold the customers that change. Raises Refusal where one was written after the file was laid beside it."""
    held = {one.known.pk: one.known for one in changed if one.known}
    rows = Customer.objects.select_for_update().filter(bulk.any_of("pk", sorted(held))).order_by("pk")
    now = dict(rows.values_list("pk", "revision"))
    for pk, customer in held.items():
        if now.get(pk) != customer.revision:
            sentence = _("Debiteur %(number)s is intussen gewijzigd. Importeer het bestand opnieuw.")
            raise Refusal("import.stale", sentence % {"number": customer.number})


def _write_changed(changed: list[CustomerPlan], employee, progress: Progress) -> None:
    customers: list[Customer] = []
    reached: list[Customer] = []
    there: list[CustomerAddress] = []
    new: list[CustomerAddress] = []
    for at, one in enumerate(changed):
        customer = one.known
        if customer is None:
            continue
        contact = customer.email, customer.phone
        for name, value in one.values.items():
            setattr(customer, name, value)
        if (customer.email, customer.phone) != contact:
            reached.append(customer)
        addresses = list(customer.addresses.all())
        if one.address:
            address = invoice_address(customer)
            if address is None:
                address = CustomerAddress(customer=customer, kind=CustomerAddress.Kind.INVOICE)
                addresses.append(address)
            for name, value in one.address.items():
                setattr(address, name, value)
            (there if address.pk else new).append(address)
        derive(customer, addresses, employee)
        customer.revision += 1
        customers.append(customer)
        if not at % CHUNK:
            progress(ADDRESSES + (CHANGED - ADDRESSES) * at / len(changed) / 2)
    bulk.save(Customer, customers)
    followed(reached)
    bulk.save(CustomerAddress, there)
    CustomerAddress.objects.bulk_create(new, batch_size=CHUNK)
    progress(CHANGED)
