"""The paper of an order or of one of its versions, as bytes: what is shown, printed in bulk, and attached to mail."""

from collections.abc import Callable, Iterable
from functools import partial

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from sales.documents import confirmation, pdf
from sales.documents.models import OutgoingMail, PackingSlip
from sales.models import OrderVersion, SalesOrder
from sales.services import versions

LINES_ON_A_SHEET = 34
MAX_LINES_AT_ONCE = 200  # more is a job of the worker (docs/parts.md, PDF)


def paper(order: SalesOrder, *, copy: bool = False) -> bytes:
    """The PDF of an order from confirmation.orders() or rebuilt()."""
    return pdf.render_pdf(confirmation.confirmation_html(order, copy=copy))


def papers(orders: Iterable[SalesOrder], copies: set[int], progress: Callable[[int], None] | None = None) -> bytes:
    """One PDF of many orders, each with its own sheets; copies: the ids of those that say KOPIE."""
    laid_out = []
    for done, order in enumerate(orders):
        html = confirmation.confirmation_html(order, copy=order.pk in copies)
        laid_out.append(pdf.lay_out(html, partial(_still, progress, done) if progress else None))
    if progress:
        progress(len(laid_out))
    return pdf.join(laid_out)


def one(html: str, lines: int, progress: Callable[[int], None]) -> bytes:
    """The PDF of one long paper; progress counts its lines, as many to a sheet as usual."""
    laid_out = pdf.lay_out(html, lambda sheet: progress(min(lines, (sheet - 1) * LINES_ON_A_SHEET)))
    progress(lines)
    return pdf.join([laid_out])


def _still(progress: Callable[[int], None], done: int, _sheet: int) -> None:
    progress(done)


def rebuilt(version: OrderVersion) -> SalesOrder:
    """The order as it was at that version, ready for its paper. Raises Refusal where the version kept too little."""
    if "names" not in version.snapshot:
        raise Refusal("version.bare", _("Van deze versie is geen papier bewaard."))
    order, _lines, _rows = versions.rebuild(version)
    return order


def mailed(mail: OutgoingMail) -> tuple[str, bytes]:
    """The attachment of a mail: the order at the version that was mailed, whatever became of it since."""
    order = confirmation.orders().get(pk=mail.order_id)
    if order.version != mail.version:
        order = rebuilt(OrderVersion.objects.get(order_id=mail.order_id, version=mail.version))
    return confirmation.file_name(order), paper(order)


def of_slip(number: str) -> tuple[str, int] | None:
    """What the packing slip with this number is called, and its order, for the search everywhere. Index: unique."""
    found = PackingSlip.objects.filter(number=number).values_list("delivery__order", flat=True).first()
    return (_("Pakbon %(number)s") % {"number": number}, found) if found else None
