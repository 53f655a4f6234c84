"""The payments of an order as people see them, and the deposit receipt: what stands on it, as figures and as a page.

What one request booked (one group of entries) is one payment. A receipt says what was true then: the total of the
version that was in force, what was paid up to and with it, and the names that were kept with it (the branch, who took
it, the methods); so a reprint is the same paper, whatever was amended or renamed since. One thing goes: the customer's
name and address, where the customer was anonymised: privacy comes before the copy.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.http import Http404
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from backoffice.core.models import JournalEntry
from backoffice.core.money import ZERO
from backoffice.relations.models import Customer
from backoffice.relations.services import anonymising
from payments.models import LedgerEntry
from payments.papers.letterhead import Letterhead, letterhead
from payments.totals.splits import Part
from sales.documents import pdf
from sales.documents.codes import code128
from sales.documents.models import OutgoingMail
from sales.models import SalesOrder
from sales.services import versions

TEMPLATE = "payments/receipt.html"
PRINTED = "payments.receipt.printed"
Kind = LedgerEntry.Kind
REVERSIBLE = (Kind.DEPOSIT, Kind.SETTLEMENT, Kind.REFUND, Kind.CREDIT)


@dataclass
class Payment:
    """What one request booked on an order, in rows: [(what, EUR)]. amount: EUR, negative when it went back."""

    group: uuid.UUID
    entries: list[LedgerEntry] = field(default_factory=list)
    undone: set[int] = field(default_factory=set)

    @property
    def reversible(self) -> list[LedgerEntry]:
        """The entries that can be taken back still (payments.services.reversing)."""
        return [e for e in self.entries if e.kind in REVERSIBLE and e.pk not in self.undone]

    @property
    def first(self) -> LedgerEntry:
        return self.entries[0]

    @property
    def at(self) -> datetime:
        return self.first.at

    @property
    def amount(self) -> Decimal:
        return sum((entry.amount.amount for entry in self.entries), ZERO)

    @property
    def rows(self) -> list[tuple[str, Decimal]]:
        names = self.paper.get("methods", {})
        return [(names.get(str(entry.method_id)) or _name(entry), entry.amount.amount) for entry in self.entries]

    @property
    def paper(self) -> dict:
        """The names on its receipt as they were; nothing of what has no receipt."""
        return self.first.paper

    @property
    def employee(self) -> str:
        """Who took it."""
        return self.paper.get("employee") or self.first.employee.name

    @property
    def word(self) -> str:
        """What it was for: a deposit, a settlement, a refund."""
        purpose = (Kind.DEPOSIT, Kind.SETTLEMENT, Kind.REFUND, Kind.CREDIT, Kind.REVERSAL)
        return next((e for e in self.entries if e.kind in purpose), self.first).get_kind_display()

    @property
    def reason(self) -> str:
        return next((entry.reason for entry in self.entries if entry.reason), "")

    @property
    def has_receipt(self) -> bool:
        """What came in on an order; what a till sold and handed over at once has the receipt of the till."""
        order = self.first.order
        return self.amount > 0 and order is not None and bool(order.number)


def _name(entry: LedgerEntry) -> str:
    return entry.method.name if entry.method else str(Kind(entry.kind).label)


def payments_of(order: SalesOrder) -> list[Payment]:
    """The payments of an order, oldest first, in one statement. Index: entry_of_order."""
    found: dict[uuid.UUID, Payment] = {}
    entries = order.entries.exclude(kind=Kind.RE_SPLIT).select_related("method", "employee", "approved_by", "branch")
    undone: set[int] = set()
    for entry in entries.order_by("id"):
        found.setdefault(entry.group, Payment(entry.group, undone=undone)).entries.append(entry)
        if entry.reverses_id:
            undone.add(entry.reverses_id)
    return list(found.values())


def payment_of(order: SalesOrder, group: uuid.UUID) -> Payment:
    """One payment of the order that has a receipt. Raises Http404."""
    for payment in payments_of(order):
        if payment.group == group and payment.has_receipt:
            return payment
    raise Http404


def receipt_pdf(order: SalesOrder, payment: Payment) -> tuple[str, bytes]:
    """The receipt as (file name, PDF); from the second print on it says KOPIE."""
    html = receipt_html(order, payment, copy=times_printed(order, payment.group) > 1)
    return f"{order.number}-{payment.first.pk}.pdf", pdf.render_pdf(html)


def receipt_html(order: SalesOrder, payment: Payment, language: str = "nl", *, copy: bool = False) -> str:
    with translation.override(language):
        return render_to_string(TEMPLATE, content(order, payment) | {"language": language, "copy": copy})


def content(order: SalesOrder, payment: Payment) -> dict:
    """What the receipt shows, EUR; nothing is calculated anew but what adds the ledger's rows up."""
    agreed = as_agreed(order, payment.at)
    branch = Letterhead(**payment.paper.get("branch") or letterhead(order.branch))
    before = paid_before(order, payment)
    parts = parts_of(payment)
    return {
        "order": agreed, "branch": branch, "payment": payment,
        "title": _("Aanbetalingsbon") if payment.first.kind == Kind.DEPOSIT else _("Betalingsbewijs"),
        "logo": branch.logo_url,
        "barcode": code128(order.number), "invoice_address": agreed.invoice_address,
        "iban": branch.iban_shown,
        "parts": parts,
        "sum": Part("", ZERO, *(sum((getattr(p, name) for p in parts), ZERO) for name in ("net", "vat", "gross"))),
        "before_off": -before, "amount_off": -payment.amount,
        "rest": agreed.gross.amount - before - payment.amount,
    }  # fmt: skip


def as_agreed(order: SalesOrder, at: datetime) -> SalesOrder:
    """The order at the version that was in force at that moment; of an anonymised customer without who it was."""
    version = (
        order.versions.filter(at__lte=at).order_by("-version").first() or order.versions.order_by("version").first()
    )
    agreed = versions.rebuild(version)[0] if version else order
    if agreed.customer_id and Customer.objects.filter(pk=agreed.customer_id, anonymised_at__isnull=False).exists():
        agreed.customer_name, agreed.customer_attention, agreed.customer_vat_id = anonymising.NAME, "", ""
        agreed.invoice_address = {}
    return agreed


def paid_before(order: SalesOrder, payment: Payment) -> Decimal:
    """What the order held before this payment, EUR. Index: entry_of_order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(amount), 0) FROM payments_ledgerentry WHERE order_id = %s AND id < %s",
            [order.pk, payment.first.pk],
        )
        return cursor.fetchone()[0]


def parts_of(payment: Payment) -> list[Part]:
    """The VAT split of a payment per rate, EUR; what a payment moved between rates counts in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.code, v.percent, sum(v.net), sum(v.vat), sum(v.gross) FROM payments_entryvat v"
            " JOIN payments_ledgerentry e ON e.id = v.entry_id"
            ' WHERE e.order_id = %s AND e."group" = %s GROUP BY 1, 2'
            " HAVING sum(v.gross) <> 0 OR sum(v.vat) <> 0 ORDER BY 2 DESC, 1",
            [payment.first.order_id, payment.group],
        )
        return [Part(*row) for row in cursor.fetchall()]


def times_printed(order: SalesOrder, group: uuid.UUID) -> int:
    """How often the receipt of this payment was printed. Index: journal_of_object."""
    about = JournalEntry.objects.filter(object_type=SalesOrder._meta.label, object_id=str(order.pk), action=PRINTED)
    return about.filter(data__group=str(group)).count()


def mailed(mail: OutgoingMail) -> tuple[str, bytes]:
    """The attachment of a mail that carries a receipt (sales.documents.services.mailing.PAPERS).

    It says KOPIE where the receipt was given out before: printed, or in an earlier mail.
    """
    order = SalesOrder.objects.select_related("branch").get(pk=mail.order_id)
    payment = payment_of(order, uuid.UUID(mail.subject_id))
    earlier = OutgoingMail.objects.filter(order=order, kind=mail.kind, subject_id=mail.subject_id, pk__lt=mail.pk)
    copy = times_printed(order, payment.group) > 0 or earlier.exists()
    return f"{order.number}-{payment.first.pk}.pdf", pdf.render_pdf(receipt_html(order, payment, copy=copy))
