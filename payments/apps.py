from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"
    verbose_name = _("Betalingen")

    def ready(self):
        from payments import events, freezing, receipts
        from sales import history
        from sales.documents.services import mailing
        from sales.services import editing

        editing.HOLDS.append(freezing.HOLD)
        mailing.PAPERS["deposit"] = receipts.mailed
        history.EVENTS |= events.EVENTS
