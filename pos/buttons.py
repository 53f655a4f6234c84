"""Which buttons a till shows, where and in which colour: kept in the backoffice with its layout (TillLayout.buttons).

What is always there (the digits, Maak order, Afrekenen, the lock) is not among them.
"""

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backoffice.relations.models import Till
from backoffice.relations.rights import access_of
from pos.models import TillLayout

BAR, KEYS, MENU, OFF = "bar", "keys", "menu", "off"
PLACES = {BAR: _("Bovenbalk"), KEYS: _("Bij de cijfers"), MENU: _("Menu"), OFF: _("Niet tonen")}
MOST = {BAR: 3, KEYS: 4}  # what fits beside the rest at 1024 pixels
COLOURS = 7  # none, and the six tints of quick keys


@dataclass(frozen=True)
class Button:
    """url: what it opens, as a page, or as a dialog; selling: of use only where the basket is on the screen."""

    name: str
    label: str | Promise
    icon: str
    url: str
    place: str = MENU
    dialog: bool = False
    selling: bool = False
    right: str = "pos.use"
    shortcut: str = ""
    colour: int = 0


EVERY = {button.name: button for button in (
    Button("choose_order", _("Kies Order"), "search", "pos:choose_order", BAR, right="sales.view"),
    Button("queue", _("Orderwachtrij"), "clock", "pos:queue", BAR, right="sales.view"),
    Button("park", _("Bon in de wacht"), "pause", "pos:park", BAR, dialog=True),
    Button("discount", _("Bonkorting"), "percent", "pos:discount", KEYS, dialog=True, selling=True),
    Button("search", _("Zoeken"), "search", "pos:search", KEYS, dialog=True, selling=True, shortcut="/"),
    Button("returns", _("Retour of ruilen"), "undo-2", "pos:returns", dialog=True, selling=True),
    Button("drawer", _("Lade open"), "wallet", "pos:drawer", dialog=True, right="pos.drawer"),
    Button("cash", _("Afstorten of bijvullen"), "banknote", "pos:cash", dialog=True),
    Button("x_report", _("Tussenstand (X)"), "file-text", "pos:x_report"),
    Button("close", _("Dagafsluiting (Z)"), "receipt-euro", "pos:close", right="pos.close"),
    Button("open", _("Kassa openen"), "key", "pos:open"),
)}  # fmt: skip


def of_layout(layout: TillLayout | None) -> list[Button]:
    """Every button, in the order of the layout, each with its place and colour; a new one where it is by itself."""
    found = []
    for row in layout.buttons if layout else ():
        button = EVERY.get(row.get("name"))
        if button:
            found.append(replace(button, place=row["place"], colour=row["colour"]))
    names = {button.name for button in found}
    return found + [button for button in EVERY.values() if button.name not in names]


def shown(till: Till, employee, *, selling: bool) -> dict[str, list[Button]]:
    """What the employee sees: {place: buttons}, in one statement. Without the basket the menu has those of KEYS too."""
    access = access_of(employee)
    places: dict[str, list[Button]] = {BAR: [], KEYS: [], MENU: []}
    for button in of_layout(till.layouts.first()):
        if button.place == OFF or not access.can(button.right, till.branch_id) or (button.selling and not selling):
            continue
        places[MENU if button.place == KEYS and not selling else button.place].append(button)
    return places
