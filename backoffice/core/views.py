"""Pages without a login: whether the server is there and ready, and the page of an error."""

from django.http import HttpResponse, JsonResponse
from django.template import loader
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from backoffice.core import health, logs
from backoffice.core.http import public


@public
@never_cache
@require_GET
def alive(request):
    """/gezond/: the process answers. It asks nothing of anything else."""
    return JsonResponse({"status": "ok"})


@public
@never_cache
@require_GET
def ready(request):
    """/klaar/: 503 when database or migrations are not in order, so that a balancer sends people elsewhere.

    Selling goes on without the worker (mail and imports wait), so it only counts with ?worker=1, for a monitor.
    """
    found = health.readiness()
    counting = {"database", "migrations"} | ({"worker"} if request.GET.get("worker") else set())
    fit = all(found[name] == "ok" for name in counting)
    word = "ok" if all(value == "ok" for value in found.values()) else "degraded" if fit else "unavailable"
    return JsonResponse({"status": word, **found}, status=200 if fit else 503)


def server_error(request):
    """The page of a 500: it names the request, by which the log finds what happened. It asks nothing of anything."""
    page = loader.get_template("500.html").render({"request_id": logs.request_id.get()})
    return HttpResponse(page, status=500)
