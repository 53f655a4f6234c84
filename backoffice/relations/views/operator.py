"""Systeem: whether the machinery works, and what failed, for who keeps it running."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backoffice.core import health
from backoffice.core.http import posted_key
from backoffice.core.keys import new_key
from backoffice.relations import operator
from backoffice.relations.rights import right
from backoffice.relations.services import operating
from backoffice.relations.views.pages import trail


@right("operator.view")
@require_GET
def system(request):
    context = {
        **operator.system(), "readiness": health.readiness(), "stalled": settings.WORKER_STALLED,
        "mail": health.mail(), "trail": trail(), "key": new_key(),
    }  # fmt: skip
    return render(request, "relations/system.html", context)


@right("operator.view")
@require_POST
def outbox_retry(request, pk):
    operating.retry(message_id=pk, employee=request.user, key=posted_key(request))
    messages.success(request, _("Het bericht wordt opnieuw geprobeerd."))
    return redirect("relations:system")
