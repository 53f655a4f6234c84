from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "sales.documents"
    label = "documents"
    verbose_name = _("Documenten")

    def ready(self):
        from sales.documents import invariants, papers  # noqa: F401 - registers them
        from sales.documents.services import mailing

        mailing.PAPERS |= {"confirmation": papers.mailed, "quotation": papers.mailed}
