"""The admin: a second way to the set-up tables, for a beheerder. Orders, payments and the journal are never here."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import CharField, TextField

from backoffice.core.forms import CleanTextField
from backoffice.relations.models import Till
from backoffice.relations.services import setup

admin.site.site_header = admin.site.site_title = "Toonbank"
admin.site.unregister(Group)  # roles are ours (rights.py)


class SetupAdmin(admin.ModelAdmin):
    """What is saved here stands in the journal too; nothing is deleted, it is made inactive."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Texts are read as on every other screen: in NFC, without control characters."""
        if isinstance(db_field, CharField | TextField) and not db_field.choices:
            return CleanTextField(
                max_length=db_field.max_length or 4000, multiline=isinstance(db_field, TextField),
                label=db_field.verbose_name, required=not db_field.blank, help_text=db_field.help_text,
                initial=db_field.get_default(),
            )  # fmt: skip
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        changed = {name: [str(form.initial.get(name, "")), str(form.cleaned_data[name])] for name in form.changed_data}
        setup.record(obj, "changed" if change else "created", request.user, request.branch_id, changed)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Till)
class TillAdmin(SetupAdmin):
    list_display = ["branch", "number", "name", "active"]
