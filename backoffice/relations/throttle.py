"""Guessing passwords is slowed down: per name and address, and per address over all names (django-axes counts).

Nobody is locked out everywhere: what somebody guesses at one address makes a name wait at that address only.
"""

import copy
import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import Sum
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import ngettext

from backoffice.core.errors import Refusal
from backoffice.relations.services import logins
from backoffice.relations.services.secrets import WrongPassword


class Handler(AxesDatabaseHandler):
    """Counts as axes does, per name and address, and locks an address that fails with many names (AXES_HANDLER)."""

    def get_failures(self, request, credentials: dict | None = None) -> int:
        of_name = super().get_failures(request, credentials)
        return max(of_name, settings.AXES_FAILURE_LIMIT) if self._address_waits(request) else of_name

    def _address_waits(self, request) -> bool:
        if request.axes_ip_address is None:
            return False
        since = timezone.now() - settings.AXES_COOLOFF_TIME
        attempts = AccessAttempt.objects.filter(ip_address=request.axes_ip_address, attempt_time__gte=since)
        failures = attempts.aggregate(failures=Sum("failures_since_start"))["failures"] or 0
        return failures >= settings.ADDRESS_FAILURE_LIMIT


def address(request: HttpRequest) -> str | None:
    """Who asks, as the proxies name it (AXES_CLIENT_IP_CALLABLE); None where it is no address.

    Each of settings.PROXY_COUNT proxies adds whom it heard at the end of X-Forwarded-For; what stands before that, the
    browser may have made up. An address of IPv6 counts as its network: a house has as many as it likes.
    """
    count = settings.PROXY_COUNT
    heard = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if count else []
    named = _address(heard[-count]) if 0 < count <= len(heard) else None
    return named or _address(request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str | None:
    """With or without a port: "192.0.2.1", "192.0.2.1:443", "[2001:db8::1]:443"."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False).network_address)


@contextmanager
def counted(request: HttpRequest, email: str, field: str) -> Iterator[None]:
    """A password that is asked again, outside the login: a WrongPassword in the block is counted as one at the login.

    Raises Refusal for the form's field while this name waits at this address.
    """
    asks: Any = copy.copy(request)
    asks.GET, asks.POST = QueryDict(), QueryDict()  # what was typed is not kept with the attempt
    email = email.strip().lower()  # as the login spells it
    credentials = {settings.AXES_USERNAME_FORM_FIELD: email}
    if not AxesProxyHandler.is_allowed(asks, credentials):
        raise _waits(field)
    try:
        yield
    except WrongPassword:
        user_login_failed.send(sender=__name__, credentials=credentials, request=asks)
        locked = getattr(asks, "axes_locked_out", False)
        logins.record_failure(email=email, reason="locked" if locked else "password")
        if locked:
            raise _waits(field) from None
        raise
    AxesProxyHandler.reset_attempts(username=email, ip_address=address(request))


def _waits(field: str) -> Refusal:
    return Refusal("login.locked", waits_sentence(), field)


def waits_sentence() -> str:
    minutes = round(settings.AXES_COOLOFF_TIME.total_seconds() / 60)
    return ngettext(
        "Te vaak een verkeerd wachtwoord. Probeer het over %(minutes)s minuut opnieuw.",
        "Te vaak een verkeerd wachtwoord. Probeer het over %(minutes)s minuten opnieuw.",
        minutes,
    ) % {"minutes": minutes}
