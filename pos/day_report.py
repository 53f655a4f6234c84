"""What the X and Z reports of a till say, for the screen, the PDF and the printer alike. EUR."""

from decimal import Decimal

from django.db.models import Count, Max, Min, Sum
from django.template.loader import render_to_string
from django.utils import translation

from backoffice.core.money import ZERO, cents
from payments.models import TillSession
from payments.selectors import session_figures, session_vat
from pos.models import Receipt
from sales.documents import pdf
from sales.documents.codes import code128
from sales.models import OrderLine


def day_report(session: TillSession) -> dict:
    """Figures, VAT, receipts and what came back of a session; of a closed one the count and its difference too."""
    sold = Receipt.objects.filter(session=session)
    back = OrderLine.objects.filter(
        quantity__lt=0, order__receipts__session=session, order__receipts__kind=Receipt.Kind.SALE
    ).aggregate(pieces=Sum("quantity"), amount=Sum("line_total"))
    shown = {
        "session": session,
        "figures": session_figures(session),
        "vat": session_vat(session),
        "receipts": sold.aggregate(count=Count("pk"), first=Min("number"), last=Max("number")),
        "back": {"pieces": -(back["pieces"] or Decimal(0)), "amount": back["amount"] or ZERO},
    }
    if not session.open:
        assert session.counted_cash is not None and session.expected_cash is not None  # noqa: S101
        shown["difference"] = session.counted_cash.amount - session.expected_cash.amount
        counted = sorted(((Decimal(value), n) for value, n in session.denominations.items()), reverse=True)
        shown["counted"] = [(value, pieces, cents(value * pieces)) for value, pieces in counted]
    return shown


def report_pdf(session: TillSession) -> tuple[str, bytes]:
    """The Z report on A4: (file name, PDF); the same session gives the same bytes."""
    branch = session.till.branch
    values = day_report(session) | {
        "branch": branch, "logo": pdf.logo_url(branch),
        "barcode": code128(session.z_number), "language": translation.get_language(),
    }  # fmt: skip
    return f"{session.z_number}.pdf", pdf.render_pdf(render_to_string("pos/z_paper.html", values))


def find(session_id: int, branch_id: int) -> TillSession | None:
    """A closed session of the branch, with what its report shows."""
    closed = TillSession.objects.filter(closed_at__isnull=False, till__branch=branch_id)
    return closed.select_related("till__branch", "opened_by", "closed_by").filter(pk=session_id).first()


def before(session: TillSession) -> TillSession | None:
    """The closed session of the till before this one. Index: session_of_till."""
    return TillSession.objects.filter(till=session.till_id, pk__lt=session.pk).order_by("-pk").first()


def last_of(till) -> TillSession | None:
    """The last closed session of the till. Index: session_of_till."""
    return TillSession.objects.filter(till=till, closed_at__isnull=False).order_by("-pk").first()
