"""What stands between a request and every view."""

from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.core.http import refused


class RefusalMiddleware:
    """Turns a refusal that no view caught into its answer, and marks answers that differ for htmx."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "%00" in request.META.get("QUERY_STRING", ""):  # no text holds it, and PostgreSQL refuses to look for it
            return refused(request, Refusal("input.nul", _("Dit adres bevat een teken dat niet kan.")))
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def process_exception(self, request, exception):
        if isinstance(exception, Refusal):
            return refused(request, exception)
        return None
