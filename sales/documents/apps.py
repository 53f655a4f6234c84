from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "sales.documents"
    label = "documents"
    verbose_name = _("Documenten")

    def ready(self):
        from backoffice.core import templating
        from backoffice.relations.services import anonymising
        from sales import search_everywhere
        from sales.documents import checks, invariants, journal_words, papers  # noqa: F401 - two of them register
        from sales.documents.services import forgetting, mailing

        journal_words.add()
        templating.GLOBALS["mail_off"] = mailing.off
        mailing.PAPERS |= {"confirmation": papers.mailed, "quotation": papers.mailed}
        search_everywhere.PAPERS.append(papers.of_slip)
        anonymising.AFTER.append(forgetting.forget_mails)
