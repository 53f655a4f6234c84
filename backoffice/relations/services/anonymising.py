"""Erasing a customer (AVG): what identifies a person goes; documents keep what the law needs until their term."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.relations.models import Customer
from backoffice.relations.rights import access_of
from backoffice.relations.services.logins import usual_branch

NAME = "Geanonimiseerd"  # is kept in the database, so it is of no language
BLANK = ("company", "first_name", "infix", "last_name", "email", "phone", "kvk", "vat_id", "note")
# what a floor above says before (raising a Refusal: an order that is still open) and blanks of its own after
BEFORE: list[Callable[[Customer], None]] = []
AFTER: list[Callable[[Customer], None]] = []


@keyed("relations.customer.anonymise", result=("relations.Customer", "customer_id"))
def anonymise(*, customer_id: int, employee) -> Customer:
    """Blank names, contact, addresses and search text of a customer; it is found no more and buys no more.

    Its number and its orders stay. The journal says who did it and when, not who it was. Asking again changes
    nothing. Raises Refusal.
    """
    if not access_of(employee).can("customers.anonymise"):
        raise Refusal("customer.right", _("Alleen backoffice en beheerder mogen een debiteur anonimiseren."))
    customer = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if customer is None:
        raise Refusal("customer.unknown", _("Deze debiteur bestaat niet meer."))
    if customer.anonymised_at:
        return customer
    for ask in BEFORE:
        ask(customer)
    for field in BLANK:
        setattr(customer, field, "")
    customer.name, customer.search_text, customer.blocked = NAME, "", True
    customer.anonymised_at = customer.changed_at = timezone.now()
    customer.changed_by = employee
    customer.revision += 1
    customer.save()
    customer.addresses.all().delete()
    for blank in AFTER:
        blank(customer)
    branch_id = usual_branch(employee)
    if branch_id is not None:
        journal.write(branch_id=branch_id, employee=employee, action="customer.anonymised", about=customer)
    return customer
