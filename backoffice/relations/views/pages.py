"""The two pages that every set-up table has: its list, and the form of one row (also for the floors above)."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.core import search
from backoffice.core.errors import Refusal
from backoffice.core.forms import add_refusal
from backoffice.core.http import posted_key
from backoffice.core.input import whole
from backoffice.core.keys import new_key
from backoffice.relations.services import setup as service

LISTED = 100  # rows on a page
NAMED = 5  # names in a cell


def trail(*steps: tuple[str, str]) -> list[dict]:
    """The crumbs above a set-up page: Beheer, and the (label, url) of what lies between."""
    return [{"label": label, "url": url} for label, url in ((_("Beheer"), reverse("relations:setup")), *steps)]


def few(names: Sequence[str]) -> str:
    """The names in one cell; of many the first NAMED and how many more there are."""
    more = len(names) - NAMED
    if more <= 1:
        return ", ".join(names)
    return _("%(names)s en nog %(more)s") % {"names": ", ".join(names[:NAMED]), "more": more}


class Rows(Sequence[dict]):
    """The rows of list_page made of the objects of a queryset, each when it is shown; make: the row of an object."""

    def __init__(self, objects: QuerySet, make: Callable[[Any], dict]):
        self.objects, self.make = objects, make

    def __len__(self) -> int:
        return self.objects.count()

    def __getitem__(self, part):
        return [self.make(row) for row in self.objects[part]]

    def __iter__(self):
        return map(self.make, self.objects)


def list_page(request, *, title: str, columns: list[str], rows: Sequence[dict], new_url: str, **more):
    """A set-up list. rows: {"url", "cells": [text per column], "active": bool where it has that state}.

    The first cell is the link. More than LISTED of them are searched by their words (those of the cells, or "words")
    and shown a page at a time (?q=, ?blad=). more: moving and key, where the rows have a place of their own ("move_url"
    in each); what is found by words stands outside of its order, and is not moved.
    """
    context = {"title": title, "columns": columns, "new_url": new_url, "trail": trail()}
    shown = page_of(rows, request.GET)
    more["moving"] = more.get("moving", False) and not shown["text"]
    return render(request, "setup/list.html", context | more | shown)


def page_of(rows: Sequence[dict], query) -> dict[str, Any]:
    """What the list shows of the rows: {"rows"}, and where there are many what its search and its pager need."""
    first = rows[: LISTED + 1]
    if len(first) <= LISTED:
        return {"rows": first, "text": ""}
    text = query.get("q", "")[: search.MOST]
    found = _found(rows, text) if text.strip() else rows
    number = len(found)
    at = min(max(whole(query.get("blad", "")) or 1, 1), max(-(-number // LISTED), 1))
    shown = first[:LISTED] if found is rows and at == 1 else found[(at - 1) * LISTED : at * LISTED]
    return {
        "rows": shown, "text": text, "paged": True, "counted": number, "page": at,
        "before": at - 1 if at > 1 else None, "after": at + 1 if at * LISTED < number else None,
    }  # fmt: skip


def _found(rows: Sequence[dict], text: str) -> list[dict]:
    """The rows that hold every word."""
    words = search.typed(text).split()
    return [row for row in rows if _has(row, words)]


def _has(row: dict, words: list[str]) -> bool:
    text = search.fold(row.get("words") or " ".join(row["cells"]))
    return all(word in text for word in words)


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
