"""Snelknop-indeling: pages and quick keys per till, kept in the backoffice."""

from django.utils.translation import gettext as _

from backoffice.catalog.models import Article, Variant
from backoffice.core import journal
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.relations.models import Till
from backoffice.relations.rights import access_of
from pos.buttons import COLOURS, EVERY, MOST, PLACES
from pos.models import QuickKey, QuickKeyPage, TillLayout
from pos.selectors import COLUMNS, ROWS

TINTS = 6
MOST_PAGES = 12
LAYOUT = ("pos.TillLayout", "layout_id")


@keyed("pos.layout.create")
def create(*, name: str, employee) -> TillLayout:
    """A new layout with one empty page."""
    if not access_of(employee).can("pos.layout"):
        raise Refusal("layout.right", _("U mag de snelknoppen niet wijzigen."))
    if TillLayout.objects.filter(name=name).exists():
        raise Refusal("layout.name", _("Er is al een indeling met deze naam."), "name")
    layout = TillLayout.objects.create(name=name)
    QuickKeyPage.objects.create(layout=layout, name=_("Toonbank"))
    return layout


@keyed("pos.layout.tills", result=LAYOUT)
def set_tills(*, layout_id: int, name: str, till_ids: list[int], employee) -> TillLayout:
    """Rename the layout and say which tills show it; of other branches' tills nothing changes. A till shows one."""
    layout = _held(layout_id, employee)
    if TillLayout.objects.filter(name=name).exclude(pk=layout_id).exists():
        raise Refusal("layout.name", _("Er is al een indeling met deze naam."), "name")
    mine = [
        till.pk for till in Till.objects.filter(active=True) if access_of(employee).can("pos.layout", till.branch_id)
    ]
    wanted = [pk for pk in mine if pk in till_ids]
    layout.name = name
    layout.save(update_fields=["name", "sort_key"])
    layout.tills.remove(*[pk for pk in mine if pk not in till_ids])
    for till in Till.objects.filter(pk__in=wanted):
        till.layouts.set([layout])
        journal.write(branch_id=till.branch_id, employee=employee, action="till.layout_set", about=till,
                      data={"layout": layout.pk})  # fmt: skip
    return layout


@keyed("pos.layout.buttons", result=LAYOUT)
def set_buttons(*, layout_id: int, rows: list[dict], employee) -> TillLayout:
    """Which buttons the till shows, in this order: [{"name", "place", "colour"}]. Raises Refusal."""
    layout = _held(layout_id, employee)
    known = [row["name"] in EVERY and row["place"] in PLACES and 0 <= row["colour"] < COLOURS for row in rows]
    if not all(known) or len({row["name"] for row in rows}) < len(rows):
        raise Refusal("layout.button", _("Deze knop bestaat niet. Ververs de pagina."))
    for place, most in MOST.items():
        if sum(row["place"] == place for row in rows) > most:
            words = {"place": PLACES[place], "most": most}
            raise Refusal("layout.full", _("%(place)s: ten hoogste %(most)s knoppen.") % words, "place")
    layout.buttons = rows
    layout.save(update_fields=["buttons"])
    for till in layout.tills.all():
        journal.write(branch_id=till.branch_id, employee=employee, action="till.buttons_set", about=till,
                      data={"layout": layout.pk, "buttons": rows})  # fmt: skip
    return layout


@keyed("pos.layout.page_add", result=LAYOUT)
def add_page(*, layout_id: int, name: str, employee) -> TillLayout:
    """A page behind the others."""
    layout = _held(layout_id, employee)
    if not name:
        raise Refusal("layout.page_name", _("Vul een naam in."), "page")
    if layout.pages.count() >= MOST_PAGES:
        raise Refusal(
            "layout.pages", _("Een indeling heeft ten hoogste %(most)s bladen.") % {"most": MOST_PAGES}, "page"
        )
    QuickKeyPage.objects.create(layout=layout, name=name[:30], position=layout.pages.count())
    return layout


@keyed("pos.layout.page_change", result=LAYOUT)
def change_page(*, layout_id: int, page_id: int, name: str, steps: int, drop: bool, employee) -> TillLayout:
    """Rename a page, move it left (-1) or right (1), or take it away with its keys."""
    layout = _held(layout_id, employee)
    pages = list(layout.pages.all())
    page = next((row for row in pages if row.pk == page_id), None)
    if page is None:
        raise Refusal("layout.gone", _("Dit blad bestaat niet meer. Ververs de pagina."))
    if drop:
        page.delete()
        return layout
    at = pages.index(page)
    pages.insert(min(max(at + steps, 0), len(pages) - 1), pages.pop(at))
    page.name = name[:30] or page.name
    for place, row in enumerate(pages):
        row.position = place
        row.save(update_fields=["position", "name"])
    return layout


@keyed("pos.layout.key", result=LAYOUT)
def set_key(
    *,
    layout_id: int,
    page_id: int,
    row: int,
    column: int,
    choice: tuple[str, int] | None,
    label: str,
    tint: int,
    employee,
) -> TillLayout:
    """Put an article on a place of the page, or free it. choice: ("article" or "variant", id), None frees the place."""
    layout = _held(layout_id, employee)
    page = layout.pages.filter(pk=page_id).first()
    if page is None or not (0 <= row < ROWS and 0 <= column < COLUMNS and 1 <= tint <= TINTS):
        raise Refusal("layout.place", _("Deze plaats bestaat niet. Ververs de pagina."))
    if choice is None:
        page.keys.filter(row=row, column=column).delete()
        return layout
    kind, pk = choice
    chosen: dict = {"article": Article.objects.filter(pk=pk, active=True).first()} if kind == "article" else {}
    if kind == "variant":
        chosen = {"variant": Variant.objects.filter(pk=pk, active=True).first()}
    if not any(chosen.values()):
        raise Refusal("layout.article", _("Kies een artikel uit de lijst."), "article")
    QuickKey.objects.update_or_create(
        page=page, row=row, column=column,
        defaults={"article": None, "variant": None, "label": label[:40], "tint": tint} | chosen,
    )  # fmt: skip
    return layout


def _held(layout_id: int, employee) -> TillLayout:
    if not access_of(employee).can("pos.layout"):
        raise Refusal("layout.right", _("U mag de snelknoppen niet wijzigen."))
    layout = TillLayout.objects.select_for_update().filter(pk=layout_id).first()
    if layout is None:
        raise Refusal("layout.gone", _("Deze indeling bestaat niet meer."))
    return layout
