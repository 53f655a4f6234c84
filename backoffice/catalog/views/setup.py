"""Beheer of what articles choose from: kleuren, maatbalken, artikelgroepen, merken, btw-tarieven."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.catalog.forms import BrandForm, ColourForm, GroupForm, SizeRangeForm, VatRateForm
from backoffice.catalog.models import ArticleGroup, Brand, Colour, SizeRange, VatRate
from backoffice.catalog.services import colours as colour_service
from backoffice.catalog.services import sizes as size_service
from backoffice.core.formats import format_date, format_percent
from backoffice.core.http import posted_key
from backoffice.core.keys import new_key
from backoffice.relations.rights import right
from backoffice.relations.views.pages import Rows, form_page, list_page, page_of, saver


def _rows(url_name: str, objects, cells) -> Rows:
    return Rows(objects, lambda row: {"url": reverse(url_name, args=[row.pk]), "cells": cells(row)})


def _page(request, pk, form_class, title: str, back: tuple[str, str]):
    model = form_class._meta.model
    row = get_object_or_404(model, pk=pk) if pk is not None else None
    return form_page(
        request, form=form_class(request.POST or None, instance=row), title=str(row) if row else title,
        back=(back[0], reverse(back[1])), save=saver(request, model._meta.label, pk),
    )  # fmt: skip


@right("setup")
@require_GET
def colours(request):
    return list_page(
        request, title=_("Kleuren"), columns=[_("Kleur"), _("Kleurcode")], rows=_colour_rows(),
        new_url=reverse("catalog:colour_new"), moving=True, key=new_key(),
    )  # fmt: skip


def _colour_rows() -> Rows:
    def row(colour: Colour) -> dict:
        return {
            "url": reverse("catalog:colour", args=[colour.pk]), "cells": [colour.label, colour.hex],
            "move_url": reverse("catalog:colour_move", args=[colour.pk]),
        }  # fmt: skip

    return Rows(Colour.objects.all(), row)


@right("setup")
@require_POST
def colour_move(request, pk):
    """Omhoog or Omlaag: the rows of the page of the list again, in their new order."""
    steps = {"up": -1, "down": 1}.get(request.POST.get("to", ""), 0)
    colour_service.move(
        colour_id=pk, steps=steps, branch_id=request.branch_id, employee=request.user, key=posted_key(request)
    )
    shown = page_of(_colour_rows(), {"blad": request.GET.get("blad", "")})
    return render(request, "setup/_rows.html", {"moving": True, "key": new_key(), **shown})


@right("setup")
@require_http_methods(["GET", "POST"])
def colour(request, pk=None):
    return _page(request, pk, ColourForm, _("Nieuwe kleur"), (_("Kleuren"), "catalog:colours"))


@right("setup")
@require_GET
def brands(request):
    rows = _rows("catalog:brand", Brand.objects.all(), lambda b: [b.name])
    return list_page(request, title=_("Merken"), columns=[_("Naam")], rows=rows, new_url=reverse("catalog:brand_new"))


@right("setup")
@require_http_methods(["GET", "POST"])
def brand(request, pk=None):
    return _page(request, pk, BrandForm, _("Nieuw merk"), (_("Merken"), "catalog:brands"))


@right("setup")
@require_GET
def groups(request):
    rows = _rows("catalog:group", ArticleGroup.objects.all(), lambda g: [g.path])
    return list_page(
        request, title=_("Artikelgroepen"), columns=[_("Pad")], rows=rows, new_url=reverse("catalog:group_new")
    )


@right("setup")
@require_http_methods(["GET", "POST"])
def group(request, pk=None):
    return _page(request, pk, GroupForm, _("Nieuwe artikelgroep"), (_("Artikelgroepen"), "catalog:groups"))


@right("setup")
@require_GET
def vat_rates(request):
    def cells(rate):
        until = format_date(rate.valid_to) if rate.valid_to else ""
        period = [format_date(rate.valid_from), until]
        return [rate.name, rate.code, format_percent(rate.percent), *period, rate.get_undelivered_display()]

    period = [_("Geldig vanaf"), _("Geldig tot en met")]
    columns = [_("Naam"), _("Code"), _("Percentage"), *period, _("Regels die nog niet geleverd zijn")]
    rows = _rows("catalog:vat_rate", VatRate.objects.all(), cells)
    return list_page(
        request, title=_("BTW-tarieven"), columns=columns, rows=rows, new_url=reverse("catalog:vat_rate_new")
    )


@right("setup")
@require_http_methods(["GET", "POST"])
def vat_rate(request, pk=None):
    return _page(request, pk, VatRateForm, _("Nieuw btw-tarief"), (_("BTW-tarieven"), "catalog:vat_rates"))


@right("setup")
@require_GET
def size_ranges(request):
    ranges = SizeRange.objects.prefetch_related("sizes")
    rows = _rows("catalog:size_range", ranges, lambda r: [r.name, " · ".join(s.label for s in r.sizes.all())])
    columns = [_("Maatbalk"), _("Maten")]
    return list_page(
        request, title=_("Maatbalken"), columns=columns, rows=rows, new_url=reverse("catalog:size_range_new")
    )


@right("setup")
@require_http_methods(["GET", "POST"])
def size_range(request, pk=None):
    row = get_object_or_404(SizeRange, pk=pk) if pk is not None else None
    initial = {"name": row.name, "sizes": "\n".join(size.label for size in row.sizes.all())} if row else None

    def save(form, key):
        return size_service.save(
            name=form.cleaned_data["name"], labels=form.labels, range_id=pk, branch_id=request.branch_id,
            employee=request.user, key=key,
        )  # fmt: skip

    return form_page(
        request, form=SizeRangeForm(request.POST or None, initial=initial),
        title=row.name if row else _("Nieuwe maatbalk"),
        back=(_("Maatbalken"), reverse("catalog:size_ranges")), save=save,
    )  # fmt: skip
