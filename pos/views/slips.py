"""The packing slip of an order that a till sends out (Bezorgen): printed from the screen after Afrekenen."""

from django.views.decorators.http import require_GET, require_POST

from backoffice.core.http import posted_key
from pos.middleware import at_till
from pos.views.make_order import see_other
from sales.documents.services import packing
from sales.documents.views import slips


@at_till("documents.view")
@require_POST
def slip_print(request, slip_id):
    """Pakbon afdrukken: counted, then the paper."""
    packing.print_slip(slip_id=slips.found(request, slip_id).pk, employee=request.user, key=posted_key(request))
    return see_other("pos:slip_pdf", slip_id)


@at_till("documents.view")
@require_GET
def slip_pdf(request, slip_id):
    return slips.paper(slips.found(request, slip_id))
