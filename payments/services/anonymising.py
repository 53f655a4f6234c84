"""What money says when a customer is erased."""

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.core.formats import format_money
from backoffice.relations.models import Customer
from payments.selectors import credit_of


def refuse_credit(customer: Customer) -> None:
    """Raises Refusal while the shop owes the customer tegoed: who it is owed to may not be forgotten."""
    owed = credit_of(customer.pk)
    if owed:
        raise Refusal(
            "customer.credit",
            _("Deze debiteur heeft nog %(amount)s tegoed. Laat dat eerst opmaken.") % {"amount": format_money(owed)},
        )
