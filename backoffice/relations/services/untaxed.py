"""Selling without VAT (verlegd, geen BTW) is chosen by who may, for a reason (docs/decisions.md, 26).

What a customer or a Soort brings was chosen before: by who set it up.
"""

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.relations.models import VatMode
from backoffice.relations.rights import access_of

MODES = frozenset({VatMode.REVERSE_CHARGE.value, VatMode.NONE.value})
REASON_LENGTH = 120


def check_right(employee, mode: str, branch_id: int | None = None) -> None:
    """Raises Refusal when the employee may not choose this mode without VAT: at this branch, or anywhere."""
    if not access_of(employee).can("sales.untaxed", branch_id):
        message = _("%(mode)s mag u niet kiezen. Vraag uw filiaalmanager.") % {"mode": VatMode(mode).label}
        raise Refusal("untaxed.right", message, "vat_mode")


def check(employee, mode: str, reason: str, branch_id: int | None = None) -> str:
    """The reason as it is journalled. Raises Refusal without the right, and without a reason (field vat_reason)."""
    check_right(employee, mode, branch_id)
    if not reason.strip():
        raise Refusal(
            "untaxed.reason", _("Geef een reden op voor %(mode)s.") % {"mode": VatMode(mode).label}, "vat_reason"
        )
    return reason.strip()[:REASON_LENGTH]
