from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "backoffice.catalog"
    label = "catalog"
    verbose_name = _("Artikelen")

    def ready(self):
        from backoffice.catalog import invariants, journal_words  # noqa: F401 - invariants registers them

        journal_words.add()
