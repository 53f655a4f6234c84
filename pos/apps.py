from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PosConfig(AppConfig):
    name = "pos"
    label = "pos"
    verbose_name = _("Kassa")

    def ready(self):
        from pos import invariants, journal_words  # noqa: F401 - invariants registers them
        from pos.services.mailing import mailed
        from sales.documents.services import mailing

        journal_words.add()
        mailing.PAPERS["receipt"] = mailed
