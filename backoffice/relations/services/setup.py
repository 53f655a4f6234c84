"""Set-up rows (branches, tills, and those of the floors above): one way to save them, with a journal entry."""

import re

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.errors import Refusal, Refusals
from backoffice.core.keys import keyed
from backoffice.relations.models import Branch, Till
from backoffice.relations.rights import access_of

SECRET = re.compile(r"password|secret|token|hash|api_key|(^|_)pin(_|$)")  # fields whose values no journal holds


@keyed("setup.save")
def save(*, employee, label: str, values: dict, branch_id: int | None, row_id: int | None = None) -> Model:
    """Make (row_id None) or change one set-up row and journal it at its own branch, else at branch_id.

    label: the model ("sales.OrderType"); values: {field: value} as a ModelForm cleaned them. Raises Refusals.
    """
    guard(employee)
    model = apps.get_model(label)
    row = model() if row_id is None else model.objects.select_for_update().filter(pk=row_id).first()
    if row is None:
        raise Refusal("setup.gone", _("Dit bestaat niet meer."))
    fields = [model._meta.get_field(name) for name in values]
    before = {field.name: _text(field, row) for field in fields}
    # rows of other tables that belong to it can only be named once it has an id
    later = [field for field in fields if field.many_to_many]
    for field in fields:
        if field not in later:
            field.save_form_data(row, values[field.name])
    validated(row)
    row.save()
    for field in later:
        field.save_form_data(row, values[field.name])
    record(row, "changed" if row_id else "created", employee, branch_id, _told(before, row, fields))
    return row


def validated(row: Model) -> None:
    """Ask the model's own rules. Raises Refusals with the fields named."""
    try:
        row.full_clean()
    except ValidationError as error:
        raise Refusals(
            [
                Refusal(f"setup.{name}", " ".join(messages), "" if name == "__all__" else name)
                for name, messages in error.message_dict.items()
            ]
        ) from error


def record(row: Model, verb: str, employee, branch_id: int | None, changed: dict) -> None:
    """Journal a change of set-up: at the branch it is about, else where the employee works, else at the first."""
    if isinstance(row, Branch):
        branch_id = row.pk
    elif isinstance(row, Till):
        branch_id = row.branch_id
    branch_id = branch_id or Branch.objects.order_by("pk").values_list("pk", flat=True).first()
    if branch_id is not None and changed:
        action = f"setup.{row._meta.model_name}.{verb}"
        journal.write(branch_id=branch_id, employee=employee, action=action, about=row, data={"changed": changed})


def guard(employee) -> None:
    if not access_of(employee).can("setup"):
        raise Refusal("setup.right", _("Alleen een beheerder mag dit wijzigen."))


def _text(field, row) -> str:
    value = field.value_from_object(row)
    if field.many_to_many:
        return ", ".join(sorted(str(one) for one in value))
    return "" if value is None else str(value)


def _told(before: dict, row: Model, fields: list) -> dict:
    """Per changed field what it was and what it is; of a secret only that it changed."""
    after = {field.name: _text(field, row) for field in fields}
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    return {name: [] if SECRET.search(name) else pair for name, pair in changed.items()}
