"""The packing slip of an order that a till sends out (Bezorgen): printed from the screen after Afrekenen.

One of many lines is made by the worker, as at the desk; the till shows how far it is.
"""

import uuid

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backoffice.core.errors import Refusal
from backoffice.core.http import posted_key
from pos.middleware import at_till
from pos.views.make_order import see_other
from sales.documents import large
from sales.documents.services import exporting, packing
from sales.documents.views import exports, slips

PART = "documents/_export_job.html"


@at_till("documents.view")
@require_POST
def slip_print(request, slip_id):
    """Pakbon afdrukken: counted, then the paper, or the job that makes it."""
    slip, key = slips.found(request, slip_id), posted_key(request)
    packing.print_slip(slip_id=slip.pk, employee=request.user, key=key)
    if not large.of_slip(slip).is_large:
        return see_other("pos:slip_pdf", slip_id)
    job = exporting.start_paper(
        query=f"slip={slip.pk}", employee=request.user, branch_id=request.till.branch_id, key=uuid.uuid5(key, "paper")
    )
    return see_other("pos:paper_job", job.pk)


@at_till("documents.view")
@require_GET
def slip_pdf(request, slip_id):
    slip = slips.found(request, slip_id)
    if large.of_slip(slip).is_large:
        raise Refusal("papers.large", _("Deze pakbon heeft veel regels. Maak hem met Pakbon afdrukken."))
    return slips.paper(slip)


@at_till("documents.view")
@require_GET
def paper_job(request, pk):
    """How far the worker is, as a page or as its changing part; then the link to the paper."""
    part = request.headers.get("HX-Request")
    return _job(request, exports.own_job(request, pk), PART if part else "pos/paper_job.html")


@at_till("documents.view")
@require_POST
def paper_stop(request, pk):
    """Stoppen."""
    exports.own_job(request, pk)
    job = exporting.stop_job(job_id=str(pk), employee=request.user, key=posted_key(request))
    return _job(request, job, PART) if request.headers.get("HX-Request") else see_other("pos:paper_job", job.pk)


@at_till("documents.view")
@require_GET
def paper_file(request, pk):
    return exports.file_of(exports.own_job(request, pk))


def _job(request, job, template: str):
    return render(request, template, {"job": job, "where": "pos:paper", "idle_seconds": 0})
