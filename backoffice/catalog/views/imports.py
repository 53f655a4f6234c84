"""Artikelen importeren: upload, preview, progress and result, over the shared screens."""

from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.core.imports import screens
from backoffice.relations.models import Branch
from backoffice.relations.rights import right, scoped


def _branches(request) -> list[tuple[int, str]]:
    found = scoped(Branch.objects.filter(active=True), request.user, "catalog.import", "pk")
    return list(found.values_list("pk", "name"))


SCREEN = screens.Screen(
    kind="articles",
    app="catalog",
    title=_("Artikelen importeren"),
    list_label=_("Artikelen"),
    list_url="catalog:articles",
    asks=_("Een rij per variant: artikelnummer, omschrijving, kleur, maat, EAN, verkoopprijs, voorraad."),
    branches=_branches,
)


@right("catalog.import")
@require_http_methods(["GET", "POST"])
def upload(request):
    return screens.upload(request, SCREEN)


@right("catalog.import")
@require_GET
def job(request, pk):
    return screens.page(request, SCREEN, pk)


@right("catalog.import")
@require_POST
def columns(request, pk):
    return screens.columns(request, SCREEN, pk)


@right("catalog.import")
@require_POST
def start(request, pk):
    return screens.start(request, SCREEN, pk)


@right("catalog.import")
@require_GET
def progress(request, pk):
    return screens.progress(request, SCREEN, pk)


@right("catalog.import")
@require_POST
def stop(request, pk):
    return screens.stop(request, SCREEN, pk)
