"""The admin: a second way to the set-up tables, for a beheerder. Orders, payments and the journal are never here."""

from django.contrib import admin
from django.contrib.auth.models import Group

from backoffice.relations.models import Till
from backoffice.relations.services import setup

admin.site.site_header = admin.site.site_title = "Toonbank"
admin.site.unregister(Group)  # roles are ours (rights.py)


class SetupAdmin(admin.ModelAdmin):
    """What is saved here stands in the journal too; nothing is deleted, it is made inactive."""

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        changed = {name: [str(form.initial.get(name, "")), str(form.cleaned_data[name])] for name in form.changed_data}
        setup.record(obj, "changed" if change else "created", request.user, request.branch_id, changed)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Till)
class TillAdmin(SetupAdmin):
    list_display = ["branch", "number", "name", "active"]
