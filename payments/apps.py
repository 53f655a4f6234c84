from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"
    verbose_name = _("Betalingen")

    def ready(self):
        from payments import events, receipts
        from sales import history
        from sales.documents.services import mailing

        mailing.PAPERS["deposit"] = receipts.mailed
        history.EVENTS |= events.EVENTS
