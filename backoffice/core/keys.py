"""Request keys: one request, one effect, however often it is sent (docs/house.md, Request key)."""

import functools
import hashlib
import json
import logging
import uuid
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from decimal import Decimal

from django.apps import apps
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from backoffice.core import locks
from backoffice.core.errors import Busy, KeyReused, Refusal
from backoffice.core.input import holds

log = logging.getLogger(__name__)
RETRIES = 3
RETRYABLE = {"40001", "40P01"}  # serialization failure, deadlock
LOCK_TIMEOUT = "55P03"
NO_SUCH_ROW = "23503"  # a foreign key to nothing

SERVICES: dict[str, Callable] = {}  # every service, by the name of its action
_outermost: ContextVar[bool] = ContextVar("keyed_outermost", default=True)


def new_key() -> str:
    """A server-made key for a form."""
    return str(uuid.uuid4())


def keyed(action: str, *, result: tuple[str, str] | None = None, reads: tuple[str, ...] = ()):
    """Make a service one transaction that happens once per request key.

    The service takes keyword arguments only, among them `employee` and optionally `key` (UUID, or None for
    callers without a form). It returns a model instance; a repeat of the same key returns that instance again,
    read afresh. `result=("sales.SalesOrder", "order_id")` names the instance by an argument, which spares a
    statement. `reads` names the arguments that the service checks itself, in its own words. Only the outermost keyed
    service takes the key.

    Raises KeyReused when the key came with other data, Busy when another request holds the rows too long, and Refusal
    for values that no field holds: a form reads what is typed, this is for whatever came another way.
    """

    def decorate(service):
        @functools.wraps(service)
        def outer(*, employee, key=None, **kwargs):
            if not _outermost.get():
                return service(employee=employee, **kwargs)
            check_values([value for name, value in kwargs.items() if name not in reads])
            token = _outermost.set(False)
            try:
                return _run(service, action, result, employee, key, kwargs)
            finally:
                _outermost.reset(token)

        SERVICES[action] = outer
        return outer

    return decorate


def check_values(value) -> None:
    """Raises Refusal for a number that is none or that no column holds, and for a text with control characters."""
    if isinstance(value, Mapping):
        check_values([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple):
        for part in value:
            check_values(part)
    elif is_dataclass(value) and not isinstance(value, type):
        check_values([getattr(value, field.name) for field in fields(value)])
    elif isinstance(value, Decimal) and not value.is_finite():
        raise Refusal("input.number", _("Vul een getal in."))
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise Refusal("input.number", _("Dit getal is te groot."))
    elif isinstance(value, str) and not holds(value):
        raise Refusal("input.text", _("De tekst bevat een teken dat niet kan worden bewaard. Typ de tekst opnieuw."))


def is_done(key: uuid.UUID) -> bool:
    """Whether the request of this key had its effect: a service that is called with it gives the answer of then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM core_requestkey WHERE key = %s", [key])
        return cursor.fetchone() is not None


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
        except IntegrityError as error:
            if getattr(error.__cause__, "sqlstate", None) != NO_SUCH_ROW:
                raise
            log.warning("%s: a key to nothing", action, exc_info=error)  # it may be a mistake of ours
            raise Refusal("input.gone", _("Wat hier gekozen is, bestaat niet meer. Ververs de pagina.")) from error
        except DataError as error:
            log.warning("%s: a value that no column holds", action, exc_info=error)
            raise Refusal("input.size", _("Een van de waarden is te lang of te groot. Kort hem in.")) from error
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
