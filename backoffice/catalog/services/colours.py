"""The order of the colours, which every matrix follows."""

from django.utils.translation import gettext as _

from backoffice.catalog.models import Colour
from backoffice.core import journal
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.relations.services.setup import guard


@keyed("catalog.colour.move", result=("catalog.Colour", "colour_id"))
def move(*, employee, branch_id: int, colour_id: int, steps: int) -> Colour:
    """Move a colour up (negative steps) or down among the others; at the edge it stays. All get places from 1."""
    guard(employee)
    # by id first: two who move at once wait for each other instead of locking crosswise
    colours = sorted(Colour.objects.select_for_update().order_by("pk"), key=lambda one: (one.position, one.label))
    moved = next((colour for colour in colours if colour.pk == colour_id), None)
    if moved is None:
        raise Refusal("setup.gone", _("Dit bestaat niet meer."))
    at = colours.index(moved)
    target = min(max(at + steps, 0), len(colours) - 1)
    colours.insert(target, colours.pop(at))
    changed = [(place, colour) for place, colour in enumerate(colours, 1) if colour.position != place]
    for place, colour in changed:
        colour.position = place
    Colour.objects.bulk_update([colour for _place, colour in changed], ["position"])
    if target != at:
        journal.write(
            branch_id=branch_id, employee=employee, action="setup.colour.moved", about=moved,
            data={"from": at + 1, "to": target + 1},
        )  # fmt: skip
    return moved
