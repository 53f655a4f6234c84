from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PosConfig(AppConfig):
    name = "pos"
    label = "pos"
    verbose_name = _("Kassa")

    def ready(self):
        from backoffice.relations.services import anonymising
        from pos import invariants, journal_words, selectors, slip  # noqa: F401 - invariants registers them
        from pos.services.mailing import mailed
        from sales import search_everywhere
        from sales.documents.services import mailing

        journal_words.add()
        mailing.PAPERS["receipt"] = mailed
        anonymising.AFTER.append(slip.forget_customer)
        search_everywhere.PAPERS.append(selectors.paper)
