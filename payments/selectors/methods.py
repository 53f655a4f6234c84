"""Which payment methods are offered where, and why another is refused (docs/decisions.md, 9)."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from payments.models import PaymentMethod

DESK, TILL = "desk", "till"
_branches = PaymentMethod.branches.through


# with_branch() of some, spelled out: on the way of every payment, putting it together takes longer than reading it
CHOSEN = """
SELECT m.*, NOT EXISTS (SELECT FROM payments_paymentmethod_branches b WHERE b.paymentmethod_id = m.id) OR EXISTS (
    SELECT FROM payments_paymentmethod_branches b WHERE b.paymentmethod_id = m.id AND b.branch_id = %s) AS here
FROM payments_paymentmethod m WHERE m.id = ANY(%s)
"""


def offered(channel: str, branch_id: int) -> QuerySet[PaymentMethod]:
    """The active methods of a channel ("desk" or "till") at the branch, in order. A terminal never at the desk."""
    rows = with_branch(branch_id).filter(Q(here=True), active=True)
    if channel == DESK:
        return rows.filter(at_desk=True).exclude(kind=PaymentMethod.Kind.TERMINAL)
    return rows.filter(at_till=True)


def with_branch(branch_id: int) -> QuerySet[PaymentMethod]:
    """Methods that say whether they are for this branch (`here`)."""
    of_method = _branches.objects.filter(paymentmethod_id=OuterRef("pk"))
    return PaymentMethod.objects.annotate(here=~Exists(of_method) | Exists(of_method.filter(branch_id=branch_id)))


def chosen(method_ids, channel: str, branch_id: int) -> dict[int, PaymentMethod]:
    """The methods by id, in one statement. Raises Refusal, with the reason, for one that is not offered here."""
    found = {method.pk: method for method in PaymentMethod.objects.raw(CHOSEN, [branch_id, list(method_ids)])}
    for method_id in method_ids:
        method = found.get(method_id)
        if method is None:
            raise Refusal("payments.method_unknown", _("Kies een betaalwijze uit de lijst."), "method")
        if reason := _refusal(method, channel):
            raise reason
    return found


def _refusal(method, channel: str) -> Refusal | None:
    name = {"name": method.name}
    if not method.active:
        return Refusal("payments.method_off", _("%(name)s staat uit. Kies een andere betaalwijze.") % name, "method")
    if not method.here:
        text = _("%(name)s is niet voor dit filiaal. Kies een andere betaalwijze.") % name
        return Refusal("payments.method_branch", text, "method")
    if channel == DESK and (method.kind == PaymentMethod.Kind.TERMINAL or not method.at_desk):
        text = _("%(name)s kan alleen via de kassa. Kies een andere betaalwijze.") % name
        return Refusal("payments.method_till_only", text, "method")
    if channel == TILL and not method.at_till:
        text = _("%(name)s kan niet aan de kassa. Kies een andere betaalwijze.") % name
        return Refusal("payments.method_desk_only", text, "method")
    return None
