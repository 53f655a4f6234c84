from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "backoffice.core"
    label = "core"
    verbose_name = _("Kern")

    def ready(self):
        from backoffice.core import checks, invariants  # noqa: F401 - registers them
