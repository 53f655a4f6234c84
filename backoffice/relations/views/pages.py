"""The two pages that every set-up table has: its list, and the form of one row (also for the floors above)."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.core import search
from backoffice.core.errors import Refusal
from backoffice.core.forms import add_refusal
from backoffice.core.http import asked_int, posted_key
from backoffice.core.keys import new_key
from backoffice.relations.services import setup as service

LISTED = 100  # rows on a page


def trail(*steps: tuple[str, str]) -> list[dict]:
    """The crumbs above a set-up page: Beheer, and the (label, url) of what lies between."""
    return [{"label": label, "url": url} for label, url in ((_("Beheer"), reverse("relations:setup")), *steps)]


def list_page(request, *, title: str, columns: list[str], rows: list[dict], new_url: str, **more):
    """A set-up list. rows: {"url", "cells": [text per column], "active": bool where it has that state}.

    The first cell is the link. more: moving and key, where the rows have a place of their own ("move_url" in each).
    More than LISTED of them are searched by their words and shown a page at a time (?q=, ?blad=).
    """
    context = {"title": title, "columns": columns, "new_url": new_url, "trail": trail(), **more}
    if len(rows) > LISTED and "moving" not in more:
        context["text"] = request.GET.get("q", "")[: search.MOST]
        rows = _found(rows, context["text"])
        at = min(max(asked_int(request, "blad") or 1, 1), max(-(-len(rows) // LISTED), 1))
        context |= {
            "paged": True, "counted": len(rows), "before": at - 1 if at > 1 else None,
            "after": at + 1 if at * LISTED < len(rows) else None,
        }  # fmt: skip
        rows = rows[(at - 1) * LISTED : at * LISTED]
    return render(request, "setup/list.html", context | {"rows": rows})


def _found(rows: list[dict], text: str) -> list[dict]:
    """The rows that hold every word."""
    words = search.typed(text).split()
    return [row for row in rows if all(word in search.fold(" ".join(row["cells"])) for word in words)]


def form_page(request, *, form, title: str, back: tuple[str, str], save, template: str = "setup/form.html", **more):
    """The form of one set-up row: GET shows it, a right POST saves and goes back, a wrong one gives it back (422).

    back: (label, url) of the list; save: called with (form, request key), gives the row or raises a Refusal.
    """
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                row = save(form, posted_key(request))
            except Refusal as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, _("%(name)s is opgeslagen.") % {"name": row})
                return redirect(back[1])
        status = 422
    context = {"form": form, "title": title, "back_url": back[1], "trail": trail(back), "key": new_key(), **more}
    return render(request, template, context, status=status)


def saver(request, label: str, row_id: int | None):
    """What form_page calls to save a row of one set-up table ("sales.OrderType")."""

    def save(form, key):
        return service.save(
            label=label,
            row_id=row_id,
            values=form.cleaned_data,
            branch_id=request.branch_id,
            employee=request.user,
            key=key,
        )

    return save
