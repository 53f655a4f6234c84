"""Set-up of articles in the admin: what articles choose from, not the articles themselves."""

from django.contrib import admin

from backoffice.catalog.models import ArticleGroup, Brand, Colour, Size, SizeRange, VatRate
from backoffice.relations.admin import SetupAdmin

admin.site.register(VatRate, SetupAdmin, list_display=["code", "name", "percent", "valid_from", "valid_to"])
admin.site.register(ArticleGroup, SetupAdmin)
admin.site.register(Brand, SetupAdmin)
admin.site.register(Colour, SetupAdmin, list_display=["label", "position", "hex"])
admin.site.register(SizeRange, SetupAdmin)
admin.site.register(Size, SetupAdmin, list_display=["size_range", "label", "position"], list_filter=["size_range"])
