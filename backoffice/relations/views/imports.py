"""Debiteuren importeren: upload, preview, progress and result, over the shared screens."""

from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.core.imports import screens
from backoffice.relations.rights import right

SCREEN = screens.Screen(
    kind="customers",
    app="relations",
    title=_("Debiteuren importeren"),
    list_label=_("Debiteuren"),
    list_url="relations:customers",
    asks=_("Een rij per debiteur: naam, e-mail, telefoon, adres, KVK-nummer, BTW-id."),
)


@right("customers.import")
@require_http_methods(["GET", "POST"])
def upload(request):
    return screens.upload(request, SCREEN)


@right("customers.import")
@require_GET
def job(request, pk):
    return screens.page(request, SCREEN, pk)


@right("customers.import")
@require_POST
def columns(request, pk):
    return screens.columns(request, SCREEN, pk)


@right("customers.import")
@require_POST
def start(request, pk):
    return screens.start(request, SCREEN, pk)


@right("customers.import")
@require_GET
def progress(request, pk):
    return screens.progress(request, SCREEN, pk)


@right("customers.import")
@require_POST
def stop(request, pk):
    return screens.stop(request, SCREEN, pk)
