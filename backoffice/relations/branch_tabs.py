"""The branches above a list of stock: a tab each, or where they are many, a few and a menu with the others."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from backoffice.relations.models import Branch

MOST = 8  # tabs of branches, and branches beside each other


@dataclass(frozen=True)
class BranchPage:
    """Branches beside each other: the chosen one first, then so many of the others. before, after: where to go on."""

    rows: list[Branch]
    number: int  # of all branches
    before: int | None
    after: int | None


def branch_tabs(request, branches: list[Branch], chosen: Branch | None, *, every: bool = True, **asked: str) -> dict:
    """{tabs, menu}: links that change ?branch= alone. Beyond MOST the chosen one and one's own have a tab.

    every: with a tab for all of them together. asked: what else the links ask.
    """

    def link(label: str, value: str, current: bool) -> dict:
        query = request.GET.copy()
        for gone in ("after", "before"):
            query.pop(gone, None)
        for name, text in (asked | {"branch": value}).items():
            query[name] = text
        return {"label": label, "url": f"?{query.urlencode()}", "current": current}

    links = {branch.pk: link(branch.name, str(branch.pk), branch == chosen) for branch in branches}
    few = len(branches) <= MOST
    mine = [branch.pk for branch in branches if few or branch == chosen or branch.pk == request.branch_id]
    all_of_them = [link(_("Alle filialen"), "all", chosen is None)] if every else []
    return {"tabs": [*(links[pk] for pk in mine), *all_of_them], "menu": [] if few else list(links.values())}


def branch_page(branches: list[Branch], chosen: Branch | None, start: int) -> BranchPage:
    """The branches from a place in their order; the chosen one stands on every page."""
    if len(branches) <= MOST:
        return BranchPage(branches, len(branches), None, None)
    others = [branch for branch in branches if branch != chosen]
    beside = MOST - (1 if chosen else 0)
    start = min(max(start, 0), (len(others) - 1) // beside * beside)
    shown = others[start : start + beside]
    return BranchPage(
        [*([chosen] if chosen else []), *shown],
        len(branches),
        max(start - beside, 0) if start else None,
        start + beside if start + beside < len(others) else None,
    )
