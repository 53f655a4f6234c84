"""What stands between a request and every view."""

import errno
import logging
import time

from django.conf import settings
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from backoffice.core import logs
from backoffice.core.errors import DiskFull, Refusal, TooLong
from backoffice.core.formats import format_quantity
from backoffice.core.http import refused
from backoffice.core.input import MAX_FIELD
from backoffice.core.limit import TookTooLong

log = logging.getLogger(__name__)
requests = logging.getLogger("toonbank.request")


class RequestIdMiddleware:
    """Gives every request an id: in its answer (X-Request-ID), in every line of the log, on the page of an error."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = logs.request_id.set(logs.new_id(request.headers.get("X-Request-ID", "")))
        began = time.perf_counter()
        try:
            try:
                response = self.get_response(request)
            except TookTooLong:
                response = refused(request, TooLong())
            response.headers["X-Request-ID"] = logs.request_id.get()
            if requests.isEnabledFor(logging.INFO):
                requests.info("%s %s", request.method, request.path, extra=_told(request, response, began))
            return response
        finally:
            logs.request_id.reset(token)


def _told(request, response, began: float) -> dict:
    """What stands in the line of a request: no query, which may hold names."""
    # who it is, where a view asked: a request for a file asks nobody
    user = request.__dict__.get("_cached_user")
    return {
        "method": request.method, "path": request.path, "status": response.status_code,
        "ms": round((time.perf_counter() - began) * 1000), "employee": getattr(user, "pk", None),
    }  # fmt: skip


class RefusalMiddleware:
    """Turns a refusal that no view caught into its answer, and marks answers that differ for htmx."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "%00" in request.META.get("QUERY_STRING", ""):  # no text holds it, and PostgreSQL refuses to look for it
            return refused(request, Refusal("input.nul", _("Dit adres bevat een teken dat niet kan.")))
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response

    def process_view(self, request, view, args, kwargs):
        """No view gets a field that is longer than any text: what reads, compares or logs it would take its time."""
        for values in (request.GET, request.POST):
            for name, texts in values.lists():
                if len(name) > MAX_FIELD or any(len(text) > MAX_FIELD for text in texts):
                    message = _("Een veld bevat te veel tekst: hoogstens %(most)s tekens passen. Kort de tekst in.")
                    return refused(request, Refusal("input.long", message % {"most": format_quantity(MAX_FIELD)}))
        return None

    def process_exception(self, request, exception):
        if isinstance(exception, Refusal):
            return refused(request, exception)
        if disk_full(exception):
            log.error("The disk is full: %s", exception, exc_info=exception)
            return refused(request, DiskFull())
        return None


def disk_full(error: Exception) -> bool:
    """Of this server (a file could not be written), or of the database's."""
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or (
        getattr(error.__cause__, "sqlstate", None) == "53100"
    )
