from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SalesConfig(AppConfig):
    name = "sales"
    label = "sales"
    verbose_name = _("Verkoop")

    def ready(self):
        from backoffice.core import templating
        from sales import addresses, invariants, journal_words  # noqa: F401 - invariants registers them
        from sales.services import keeping

        journal_words.add()
        keeping.register()
        templating.FILTERS["address_lines"] = lambda address, **person: addresses.lines(address or {}, **person)
