from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"
    verbose_name = _("Betalingen")

    def ready(self):
        from backoffice.relations.services import anonymising
        from payments import invariants, journal_words  # noqa: F401 - invariants registers them
        from payments.papers import receipts
        from payments.selectors import reports
        from payments.services import freezing, settling
        from payments.services.anonymising import refuse_credit
        from sales.documents.services import mailing, making
        from sales.services import amending, editing

        editing.HOLDS.append(freezing.HOLD)
        amending.ON_NEW_TOTAL.append(settling.follow)
        mailing.PAPERS["deposit"] = receipts.mailed
        making.TABLES |= dict.fromkeys(reports.REPORTS, reports.table_of)
        journal_words.add()
        anonymising.BEFORE.append(refuse_credit)
