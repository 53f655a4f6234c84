from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SalesConfig(AppConfig):
    name = "sales"
    label = "sales"
    verbose_name = _("Verkoop")

    def ready(self):
        from sales import invariants  # noqa: F401 - registers them
        from sales.services import keeping

        keeping.register()
