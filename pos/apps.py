from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PosConfig(AppConfig):
    name = "pos"
    label = "pos"
    verbose_name = _("Kassa")

    def ready(self):
        from pos import (
            invariants,  # noqa: F401 - registers them
            selectors,
        )
        from pos.services.mailing import mailed
        from sales import search_everywhere
        from sales.documents.services import mailing

        mailing.PAPERS["receipt"] = mailed
        search_everywhere.PAPERS.append(selectors.paper)
