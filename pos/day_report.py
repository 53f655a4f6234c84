"""What the X and Z reports of a till say, for the screen, the PDF and the printer alike. EUR.

What stands on a Z report is stored with the close, as data, and drawn from that: a copy of years later has the names
of methods, people, till and branch that the first print had. An X report is of now.
"""

from dataclasses import asdict, dataclass
from decimal import Decimal

from django.db.models import Count, Max, Min, Sum
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from backoffice.core.money import ZERO, cents
from payments.models import LedgerEntry, TillSession
from payments.papers.letterhead import Letterhead, letterhead
from payments.selectors import SessionFigures, session_figures, session_vat
from payments.totals.splits import Part
from pos.models import DayReport, Receipt
from sales.documents import pdf
from sales.documents.codes import code128
from sales.models import OrderLine

FIGURES = ("turnover", "deposits", "set_off", "refunded", "rounding", "float_amount", "drops", "expected")


@dataclass(frozen=True)
class Receipts:
    """How many receipts the session has, and the first and last of their numbers; the numbers have no gap."""

    count: int
    first: str
    last: str


@dataclass(frozen=True)
class Report:
    """A report as it is drawn. pieces, back: what came back, in pieces and EUR below zero; reason: of a difference."""

    session: TillSession
    till: str
    opened_by: str
    closed_by: str
    branch: Letterhead
    figures: SessionFigures
    vat: list[Part]
    receipts: Receipts
    pieces: Decimal
    back: Decimal
    reason: str = ""

    @property
    def sums(self) -> list[tuple[str, Decimal, Decimal | None]]:
        """The figures in their order on every paper: [(word, EUR, pieces where some are meant)]."""
        figures = self.figures
        return [
            (_("Omzet"), figures.turnover, None), (_("Aanbetalingen ontvangen"), figures.deposits, None),
            (_("Aanbetalingen verrekend"), figures.set_off, None), (_("Terugbetaald"), figures.refunded, None),
            (_("Teruggenomen artikelen"), self.back, self.pieces), (_("Afronding contant"), figures.rounding, None),
            (_("Wisselgeld in de lade"), figures.float_amount, None), (_("Afgestort"), figures.drops, None),
        ]  # fmt: skip

    @property
    def expected(self) -> Decimal:
        return self.session.expected_cash.amount if self.session.expected_cash is not None else ZERO

    @property
    def counted_cash(self) -> Decimal:
        return self.session.counted_cash.amount if self.session.counted_cash is not None else ZERO

    @property
    def difference(self) -> Decimal:
        return self.counted_cash - self.expected

    @property
    def counted(self) -> list[tuple[Decimal, int, Decimal]]:
        """[(note or coin, how many, EUR)], the largest first."""
        found = sorted(((Decimal(value), pieces) for value, pieces in self.session.denominations.items()), reverse=True)
        return [(value, pieces, cents(value * pieces)) for value, pieces in found]


def facts(session: TillSession) -> dict:
    """Everything that stands on the report of a session as it is now, as plain JSON. EUR as text."""
    figures = session_figures(session)
    sold = Receipt.objects.filter(session=session).aggregate(count=Count("pk"), first=Min("pk"), last=Max("pk"))
    numbers = dict(Receipt.objects.filter(pk__in=[sold["first"], sold["last"]]).values_list("pk", "number"))
    back = OrderLine.objects.filter(
        quantity__lt=0, order__receipts__session=session, order__receipts__kind=Receipt.Kind.SALE
    ).aggregate(pieces=Sum("quantity"), amount=Sum("line_total"))
    told = LedgerEntry.objects.filter(session=session, kind=LedgerEntry.Kind.DIFFERENCE).first()
    return {
        "till": session.till.name, "opened_by": session.opened_by.name,
        "closed_by": session.closed_by.name if session.closed_by else "",
        "branch": letterhead(session.till.branch),
        "methods": [[name, kind, str(into), str(out), number] for name, kind, into, out, number in figures.methods],
        "figures": {name: str(getattr(figures, name)) for name in FIGURES},
        "vat": [{name: str(value) for name, value in asdict(part).items()} for part in session_vat(session)],
        "receipts": {
            "count": sold["count"], "first": numbers.get(sold["first"], ""), "last": numbers.get(sold["last"], ""),
        },
        "pieces": str(-(back["pieces"] or ZERO)), "back": str(back["amount"] or ZERO),
        "reason": told.reason if told else "",
    }  # fmt: skip


def store(session: TillSession) -> None:
    """Keep what the Z report of the session that was just closed says, in the transaction of its close."""
    DayReport.objects.create(session=session, paper=facts(session))


def day_report(session: TillSession) -> Report:
    """The report of a session: of a closed one what was stored with its close, of an open one what is so now."""
    paper = session.report.paper if hasattr(session, "report") else facts(session)
    figures = {name: Decimal(value) for name, value in paper["figures"].items()}
    methods = [(name, kind, Decimal(into), Decimal(out), number) for name, kind, into, out, number in paper["methods"]]
    return Report(
        session=session, till=paper["till"], opened_by=paper["opened_by"], closed_by=paper["closed_by"],
        branch=Letterhead(**paper["branch"]), figures=SessionFigures(methods=methods, **figures),
        vat=[
            Part(row["code"], *(Decimal(row[name]) for name in ("percent", "net", "vat", "gross")))
            for row in paper["vat"]
        ],
        receipts=Receipts(**paper["receipts"]), pieces=Decimal(paper["pieces"]), back=Decimal(paper["back"]),
        reason=paper["reason"],
    )  # fmt: skip


def report_pdf(session: TillSession) -> tuple[str, bytes]:
    """The Z report on A4: (file name, PDF); the same session gives the same bytes."""
    report = day_report(session)
    branch = report.branch
    values = {
        "report": report, "branch": branch, "iban": branch.iban_shown, "logo": branch.logo_url,
        "barcode": code128(session.z_number), "language": translation.get_language(),
    }  # fmt: skip
    return f"{session.z_number}.pdf", pdf.render_pdf(render_to_string("pos/z_paper.html", values))


def find(session_id: int, branch_id: int) -> TillSession | None:
    """A closed session of the branch, with what its report shows."""
    closed = TillSession.objects.filter(closed_at__isnull=False, till__branch=branch_id)
    return closed.select_related("till__branch", "opened_by", "closed_by", "report").filter(pk=session_id).first()


def before(session: TillSession) -> TillSession | None:
    """The closed session of the till before this one. Index: session_of_till."""
    return TillSession.objects.filter(till=session.till_id, pk__lt=session.pk).order_by("-pk").first()


def last_of(till) -> TillSession | None:
    """The last closed session of the till. Index: session_of_till."""
    return TillSession.objects.filter(till=till, closed_at__isnull=False).order_by("-pk").first()
