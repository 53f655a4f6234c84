"""Request keys: one request, one effect, however often it is sent and by however many connections at once."""

import threading
import uuid

import pytest
from django.db import OperationalError, connection, transaction

from backoffice.core import keys, numbers
from backoffice.core.errors import Busy, KeyReused, Refusal
from backoffice.core.keys import keyed
from backoffice.core.models import NumberSeries, RequestKey
from tests import factories
from tests.racing import together


@keyed("test.number")
def give_number(*, employee, kind: str) -> NumberSeries:
    """A service of the smallest kind: its effect is one number taken."""
    if not kind:
        raise Refusal("test.kind", "Vul een soort in.", "kind")
    numbers.take(kind, 2026)
    return NumberSeries.objects.get(kind=kind)


@keyed("test.two_numbers")
def give_two_numbers(*, employee, kind: str) -> NumberSeries:
    give_number(employee=employee, kind=f"{kind}-inner")
    return give_number(employee=employee, kind=kind)


@keyed("test.named", result=("core.NumberSeries", "series_id"))
def raise_series(*, employee, series_id: int) -> NumberSeries:
    series = NumberSeries.objects.select_for_update().get(pk=series_id)
    series.next_value += 1
    series.save()
    return series


def taken(kind: str = "order") -> int:
    """How many numbers were taken."""
    series = NumberSeries.objects.filter(kind=kind).first()
    return series.next_value - 1 if series else 0


@pytest.fixture
def sanne(db):
    return factories.employee()


def test_a_new_key_is_a_uuid_and_never_the_same():
    made = {keys.new_key() for _ in range(100)}
    assert len(made) == 100
    assert all(str(uuid.UUID(key)) == key for key in made)


def test_a_repeat_gives_the_first_answer_and_has_no_effect(sanne):
    key = uuid.uuid4()
    first = give_number(employee=sanne, kind="order", key=key)
    again = give_number(employee=sanne, kind="order", key=str(key))
    assert (first, first.next_value) == (again, again.next_value) == (NumberSeries.objects.get(), 2)
    row = RequestKey.objects.get()
    assert (row.key, row.action, row.employee) == (key, "test.number", sanne)
    assert (row.result_type, row.result_id) == ("core.NumberSeries", str(first.pk))


def test_another_key_is_another_request(sanne):
    for _ in range(3):
        give_number(employee=sanne, kind="order", key=uuid.uuid4())
    assert (taken(), RequestKey.objects.count()) == (3, 3)


def test_a_repeat_is_read_afresh(sanne):
    key = uuid.uuid4()
    give_number(employee=sanne, kind="order", key=key)
    give_number(employee=sanne, kind="order")
    assert give_number(employee=sanne, kind="order", key=key).next_value == 3


@pytest.mark.parametrize("service", [give_number, give_two_numbers], ids=["other data", "another button"])
def test_the_key_of_another_request_is_refused_and_nothing_changes(sanne, service):
    key = uuid.uuid4()
    give_number(employee=sanne, kind="order", key=key)
    with pytest.raises(KeyReused) as refused:
        service(employee=sanne, kind="order" if service is give_two_numbers else "slip", key=key)
    assert (refused.value.status, refused.value.code) == (409, "key.reused")
    assert refused.value.message == "Dit formulier is al verstuurd met andere gegevens. Ververs de pagina."
    assert (taken(), NumberSeries.objects.count(), RequestKey.objects.count()) == (1, 1, 1)


def test_a_refusal_leaves_no_key_so_that_the_mended_form_may_use_it(sanne):
    key = uuid.uuid4()
    with pytest.raises(Refusal) as refused:
        give_number(employee=sanne, kind="", key=key)
    assert (refused.value.code, RequestKey.objects.count()) == ("test.kind", 0)
    assert give_number(employee=sanne, kind="order", key=key).next_value == 2
    assert (taken(), RequestKey.objects.get().key) == (1, key)


def test_only_the_outermost_service_takes_the_key(sanne):
    key = uuid.uuid4()
    give_two_numbers(employee=sanne, kind="order", key=key)
    give_two_numbers(employee=sanne, kind="order", key=key)
    assert (taken("order"), taken("order-inner")) == (1, 1)
    assert RequestKey.objects.get().action == "test.two_numbers"


def test_an_answer_named_by_an_argument_is_given_again_too(sanne):
    series, key = give_number(employee=sanne, kind="order"), uuid.uuid4()
    assert raise_series(employee=sanne, series_id=series.pk, key=key).next_value == 3
    assert raise_series(employee=sanne, series_id=series.pk, key=key).next_value == 3
    assert RequestKey.objects.get().result_id == str(series.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "key, effects",
    [
        # with the guard off four requests are four effects: the race is real
        (None, 4),
        (uuid.UUID("7d7cf1f0-3e0c-4c5e-9a43-0b1c5a2f8e11"), 1),
    ],
    ids=["without a key", "with one key"],
)
def test_four_requests_at_once(sanne, key, effects):
    told = together(*[lambda: give_number(employee=sanne, kind="order", key=key)] * 4)
    assert taken() == effects
    assert {type(answer) for answer in told} == {NumberSeries}
    assert {answer.pk for answer in told} == {NumberSeries.objects.get().pk}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_key", [True, False], ids=["the same request", "another request"])
def test_while_somebody_holds_the_row_too_long_it_says_so_and_the_key_may_be_asked_again(sanne, same_key):
    give_number(employee=sanne, kind="order")
    held, done, key = threading.Event(), threading.Event(), uuid.uuid4()

    @keyed("test.number")
    def slow(*, employee, kind):
        answer = give_number(employee=employee, kind=kind)
        held.set()
        done.wait(timeout=20)
        return answer

    def first():
        return slow(employee=sanne, kind="order", key=key if same_key else uuid.uuid4())

    def second():
        held.wait(timeout=20)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        try:
            give_number(employee=sanne, kind="order", key=key)
        finally:
            done.set()

    answer, busy = together(first, second)
    assert isinstance(answer, NumberSeries)
    assert (type(busy), busy.code, busy.status) == (Busy, "busy", 409)
    assert busy.message == "Dit wordt nog verwerkt. Probeer het zo nog eens."
    assert (taken(), RequestKey.objects.count()) == (2, 1)
    give_number(employee=sanne, kind="order", key=key)
    assert taken() == (2 if same_key else 3)


def fails(times: int, state: str):
    """A service that PostgreSQL ends so many times with this state, before it takes its number."""
    tries = []

    @keyed("test.fails")
    def service(*, employee):
        tries.append(1)
        answer = give_number(employee=employee, kind="order")
        if len(tries) <= times:
            with connection.cursor() as cursor:
                cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'test' USING ERRCODE = '{state}'; END $$")
        return answer

    return service, tries


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", ["40P01", "40001"], ids=["deadlock", "serialization failure"])
def test_a_deadlock_is_tried_three_times_as_a_whole_with_the_same_key(sanne, state):
    service, tries = fails(2, state)
    service(employee=sanne, key=uuid.uuid4())
    assert (len(tries), taken(), RequestKey.objects.count()) == (3, 1, 1)
    service, tries = fails(3, state)
    with pytest.raises(OperationalError):
        service(employee=sanne, key=uuid.uuid4())
    assert (len(tries), taken(), RequestKey.objects.count()) == (3, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_of_another_it_is_not_tried_again(sanne):
    service, tries = fails(1, "40P01")
    with pytest.raises(OperationalError), transaction.atomic():
        service(employee=sanne, key=uuid.uuid4())
    assert (len(tries), taken(), RequestKey.objects.count()) == (1, 0, 0)
