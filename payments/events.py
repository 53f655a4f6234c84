"""How what payments journals about an order reads in its history (sales.history.EVENTS)."""

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.core.formats import format_money
from backoffice.core.money import ZERO
from payments.models import LedgerEntry, PaymentMethod

KINDS = dict(LedgerEntry.Kind.choices)
METHODS = dict(PaymentMethod.Kind.choices)


def booked(data: dict) -> str:
    """A group of entries: what it was for, its amount, and by which methods."""
    rows = [row | {"amount": Decimal(row["amount"])} for row in data.get("rows", ())]
    amount = sum((row["amount"] for row in rows), ZERO)
    main = next((row["kind"] for row in rows if row["kind"] not in ("change", "rounding", "re_split")), "")
    words = {
        "deposit": _("Aanbetaald"), "settlement": _("Betaald"), "refund": _("Terugbetaald"),
        "credit": _("Terugbetaald"), "reversal": _("Teruggedraaid"), "suspense": _("Van de tussenrekening"),
    }  # fmt: skip
    what = words.get(main) or str(KINDS.get(main, _("Betaling")))
    methods = ", ".join(dict.fromkeys(str(METHODS[r["method_kind"]]).lower() for r in rows if r.get("method_kind")))
    said = f"{what} {format_money(abs(amount))}"
    return f"{said}, {methods}" if methods else said


EVENTS: dict[str, Callable[[dict], str]] = {
    "payments.deposit.registered": booked,
    "payments.settlement.registered": booked,
    "payments.refund.registered": booked,
    "payments.entry.reversed": booked,
    "payments.till.paid": booked,
    "payments.terminal.late_booked": booked,
    "payments.suspense.assigned": booked,
    "payments.receipt.printed": lambda data: _("Betaalbon afgedrukt"),
}
