"""Set-up of orders in the admin. Orders themselves are never here (docs/decisions.md, 15)."""

from django.contrib import admin

from backoffice.relations.admin import SetupAdmin
from sales.models import DeliveryMethod, OrderType

admin.site.register(OrderType, SetupAdmin, list_display=["name", "vat_mode", "may_cancel", "deposit_percent", "active"])
admin.site.register(DeliveryMethod, SetupAdmin, list_display=["name", "kind", "till_text", "active"])
