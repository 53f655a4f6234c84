"""Deny by default: a request reaches its view only with a login and the right that the view states."""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url

from backoffice.relations.models import Branch
from backoffice.relations.rights import access_of


class RightsMiddleware:
    """Gives request.access and request.branch_id, and refuses views without a stated right."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        right = "setup" if "admin" in request.resolver_match.app_names else getattr(view, "right", None)
        if right == "public":
            return None
        if not request.user.is_authenticated:
            return _to_login(request)
        request.access = access_of(request.user)
        till = getattr(request, "till", None)  # a cashier works at the branch of the till
        request.branch_id = till.branch_id if till else _branch_id(request)
        if right is None or not request.access.can(right, till.branch_id if till else None):
            raise PermissionDenied
        # who sits at a till by PIN code did not log in here
        if not till and request.session.get("second_step_needed") and not getattr(view, "before_second_step", False):
            return _to(request, resolve_url("relations:two_factor"))
        return None


def _to_login(request):
    if request.headers.get("HX-Request"):
        # never a login page inside a fragment: the browser goes to it, and comes back to the page it shows
        page = request.htmx.current_url_abs_path or resolve_url("home")  # None for a page of another host
        response = HttpResponse(status=401)
        response.headers["HX-Redirect"] = redirect_to_login(page).url
        return response
    return redirect_to_login(request.get_full_path() if request.method == "GET" else resolve_url("home"))


def _to(request, url: str):
    """The whole page goes there, also from inside a fragment."""
    if not request.headers.get("HX-Request"):
        return redirect(url)
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = url
    return response


def _branch_id(request) -> int | None:
    """The branch this employee works at now: chosen in the shell, else the own one, else the first allowed."""
    allowed = request.access.branch_ids("shell")
    for branch_id in (request.session.get("branch_id"), request.user.home_branch_id):
        if branch_id and (allowed is None or branch_id in allowed):
            return branch_id
    if allowed is None:
        return Branch.objects.filter(active=True).order_by("pk").values_list("pk", flat=True).first()
    return min(allowed, default=None)
