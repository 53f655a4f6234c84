from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RelationsConfig(AppConfig):
    name = "backoffice.relations"
    label = "relations"
    verbose_name = _("Relaties")

    def ready(self):
        from backoffice.core import templating
        from backoffice.relations import checks, countries, journal_words  # noqa: F401 - checks registers them

        journal_words.add()
        templating.FILTERS["country"] = countries.name_of
