"""What stands between a request and every view."""

from django.utils.cache import patch_vary_headers

from backoffice.core.errors import Refusal
from backoffice.core.http import refused


class RefusalMiddleware:
    """Turns a refusal that no view caught into its answer, and marks answers that differ for htmx."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def process_exception(self, request, exception):
        if isinstance(exception, Refusal):
            return refused(request, exception)
        return None
