"""How what this app journals reads, in the journal and in the history of an order (relations/journal_words.py)."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.core.formats import format_date, format_money
from backoffice.core.money import ZERO
from backoffice.relations.journal_words import ACTIONS, THINGS, Thing, add_setup
from payments.models import LedgerEntry, PaymentMethod, TerminalPayment, TillSession

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


def _of(text, name: str = "amount"):
    """A text with the amount of the data in it, without its sign."""
    return lambda data: text % {"amount": format_money(abs(Decimal(data[name])))}


def _closed(data: dict) -> str:
    words = {name: format_money(data[name]) for name in ("expected", "counted")} | {"z": data["z_number"]}
    return _("Dagafsluiting %(z)s: geteld %(counted)s, verwacht %(expected)s") % words


def _suspended(data: dict) -> str:
    number = len(data["entries"])
    return ngettext(
        "%(number)s pinbetaling op de tussenrekening gezet", "%(number)s pinbetalingen op de tussenrekening gezet",
        number,
    ) % {"number": number}  # fmt: skip


def _session(session: TillSession) -> str:
    return session.z_number or _("kassadag %(day)s van %(till)s") % {
        "day": format_date(session.business_date), "till": session.till,
    }  # fmt: skip


def _entry(entry: LedgerEntry) -> str:
    return f"{entry.get_kind_display().lower()} {format_money(entry.amount)}"


def _pin(payment: TerminalPayment) -> str:
    return _("pinbetaling op %(order)s") % {"order": payment.order}


def add() -> None:
    add_setup(PaymentMethod, "payments:method")
    THINGS["payments.TillSession"] = Thing(_session, read=lambda rows: rows.select_related("till__branch"))
    THINGS["payments.LedgerEntry"] = Thing(_entry)
    THINGS["payments.TerminalPayment"] = Thing(
        _pin, page="sales:order", takes=lambda row: row.order_id, read=lambda rows: rows.select_related("order")
    )
    ACTIONS.update(dict.fromkeys(
        (
            "payments.deposit.registered", "payments.refund.registered", "payments.entry.reversed",
            "payments.till.paid", "payments.terminal.late_booked", "payments.suspense.assigned",
        ),
        booked,
    ))  # fmt: skip
    ACTIONS.update({
        "payments.receipt.printed": gettext_lazy("Betaalbon afgedrukt"),
        "payments.session.opened": _of(gettext_lazy("Kassa geopend met %(amount)s"), "float"),
        "payments.session.float": _of(gettext_lazy("Wisselgeld bijgevuld: %(amount)s")),
        "payments.session.drop": _of(gettext_lazy("Afgestort: %(amount)s")),
        "payments.session.closed": _closed,
        "payments.suspense.booked": _suspended,
        "payments.suspense.returned": _of(gettext_lazy("Van de tussenrekening teruggegeven: %(amount)s")),
        "payments.terminal.approved": _of(gettext_lazy("Pinbetaling van %(amount)s goedgekeurd")),
        "payments.terminal.declined": _of(gettext_lazy("Pinbetaling van %(amount)s geweigerd")),
        "payments.terminal.cancelled": _of(gettext_lazy("Pinbetaling van %(amount)s afgebroken")),
    })  # fmt: skip
