from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SalesConfig(AppConfig):
    name = "sales"
    label = "sales"
    verbose_name = _("Verkoop")

    def ready(self):
        from sales import invariants, journal_words  # noqa: F401 - invariants registers them
        from sales.services import keeping

        journal_words.add()
        keeping.register()
