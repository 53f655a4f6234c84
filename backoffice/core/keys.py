"""Request keys: one request, one effect, however often it is sent (design.md, Request key)."""

import functools
import hashlib
import json
import uuid
from contextvars import ContextVar

from django.apps import apps
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from backoffice.core import locks
from backoffice.core.errors import Busy, KeyReused

RETRIES = 3
RETRYABLE = {"40001", "40P01"}  # serialization failure, deadlock
LOCK_TIMEOUT = "55P03"

_outermost: ContextVar[bool] = ContextVar("keyed_outermost", default=True)


def new_key() -> str:
    """A server-made key for a form."""
    return str(uuid.uuid4())


def keyed(action: str, *, result: tuple[str, str] | None = None):
    """Make a service one transaction that happens once per request key.

    The service takes keyword arguments only, among them `employee` and optionally `key` (UUID, or None for
    callers without a form). It returns a model instance; a repeat of the same key returns that instance again,
    read afresh. `result=("sales.SalesOrder", "order_id")` names the instance by an argument, which spares a
    statement. Only the outermost keyed service takes the key.

    Raises KeyReused when the key came with other data, Busy when another request holds the rows too long.
    """

    def decorate(service):
        @functools.wraps(service)
        def outer(*, employee, key=None, **kwargs):
            if not _outermost.get():
                return service(employee=employee, **kwargs)
            token = _outermost.set(False)
            try:
                return _run(service, action, result, employee, key, kwargs)
            finally:
                _outermost.reset(token)

        return outer

    return decorate


def _run(service, action, result, employee, key, kwargs):
    alone = not connection.in_atomic_block
    for attempt in range(1, RETRIES + 1):
        try:
            with transaction.atomic(), locks.in_order():
                if key is not None:
                    repeat = _claim(key, action, result, employee, kwargs)
                    if repeat is not None:
                        return repeat
                answer = service(employee=employee, **kwargs)
                if key is not None and result is None and answer is not None:
                    _remember(key, answer)
                return answer
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if state == LOCK_TIMEOUT:
                raise Busy(_("Dit wordt nog verwerkt. Probeer het zo nog eens.")) from error
            if not (alone and state in RETRYABLE and attempt < RETRIES):
                raise
    raise AssertionError("unreachable")


def _claim(key, action, result, employee, kwargs):
    fingerprint = _fingerprint(kwargs)
    kind, pk = (result[0], str(kwargs[result[1]])) if result else ("", "")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_requestkey (key, action, fingerprint, employee_id, result_type, result_id, at)"
            " VALUES (%s, %s, %s, %s, %s, %s, now()) ON CONFLICT (key) DO NOTHING",
            [key, action, fingerprint, employee.pk, kind, pk],
        )
        if cursor.rowcount:
            return None
        cursor.execute("SELECT action, fingerprint, result_type, result_id FROM core_requestkey WHERE key = %s", [key])
        known_action, known_fingerprint, kind, pk = cursor.fetchone()
    if (known_action, known_fingerprint) != (action, fingerprint):
        raise KeyReused("key.reused", _("Dit formulier is al verstuurd met andere gegevens. Ververs de pagina."))
    return apps.get_model(kind)._base_manager.get(pk=pk)


def _remember(key, answer) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_requestkey SET result_type = %s, result_id = %s WHERE key = %s",
            [answer._meta.label, str(answer.pk), key],
        )


def _fingerprint(kwargs) -> str:
    text = json.dumps(kwargs, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
