"""Papers about orders, as the browser gets them."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from backoffice.core.errors import Refusal
from backoffice.relations.rights import right, scoped
from sales import status
from sales.documents import confirmation, pdf


@right("sales.view")
@require_GET
def confirmation_pdf(request, order_id):
    """The order confirmation, shown in the browser; changes nothing."""
    order = get_object_or_404(scoped(confirmation.orders(), request.user, "sales.view"), pk=order_id)
    if not status.allowed(order, "print"):
        raise Refusal(
            "confirmation.draft",
            _("Een concept heeft nog geen orderbevestiging. Bevestig eerst de verkooporder."),
        )
    response = HttpResponse(pdf.render_pdf(confirmation.confirmation_html(order)), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{order.number}.pdf"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response
