"""Every rule that a core table holds itself, broken by a raw write and refused by its name."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from backoffice.core import journal, keys, numbers
from backoffice.core.models import JournalEntry, RequestKey
from tests import factories

pytestmark = pytest.mark.django_db
MAPPING = "INSERT INTO core_importmapping (kind, name, columns) VALUES ('articles', 'Leverancier', '{}')"
OUTBOX = (
    "INSERT INTO core_outboxmessage"
    " (kind, dedupe_key, payload, status, attempts, next_attempt_at, last_error, created_at)"
    " VALUES ('mail', 'order 12', '{}', 'waiting', 0, now(), '', now())"
)
SERIES = (
    "INSERT INTO core_numberseries (kind, till_id, year, next_value)"
    " SELECT kind, till_id, year, 1 FROM core_numberseries"
)
NAMED = [
    ("number_series_one_per_year", SERIES + " WHERE till_id IS NULL"),
    ("number_series_one_per_year", SERIES + " WHERE till_id IS NOT NULL"),
    ("number_series_one_per_year", "UPDATE core_numberseries SET kind = 'receipt', till_id = NULL"),
    ("number_series_from_one", "UPDATE core_numberseries SET next_value = 0"),
    (
        "journal_unbroken",
        "INSERT INTO core_journalentry"
        " (branch_id, sequence, at, action, object_type, object_id, data, previous_hash, hash)"
        " SELECT branch_id, sequence, now(), 'x', '', '', '{}', '', '' FROM core_journalentry",
    ),
    ("import_mapping_name", MAPPING),
]
# those that Django names itself
OTHERS = [
    ("core_outboxmessage_dedupe_key", OUTBOX),
    ("core_requestkey_pkey", "INSERT INTO core_requestkey SELECT * FROM core_requestkey"),
    ("core_journalhead_pkey", "INSERT INTO core_journalhead SELECT * FROM core_journalhead"),
]


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(("name", "sql"), NAMED + OTHERS)
def test_a_raw_write_that_breaks_a_rule_is_refused(name, sql):
    branch, sanne = factories.branch(), factories.employee()
    numbers.take("receipt", 2026)
    numbers.take("receipt", 2026, factories.till(branch).pk)
    keys.keyed("test")(lambda *, employee: branch)(employee=sanne, key=keys.new_key())
    journal.write(branch_id=branch.pk, employee=sanne, action="test", about=branch)
    run(MAPPING)
    run(OUTBOX)
    before = counts()
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        run(sql)
    assert caught.value.__cause__.diag.constraint_name.startswith(name)
    assert counts() == before
    assert (JournalEntry.objects.count(), RequestKey.objects.count()) == (1, 1)


def counts() -> dict[str, int]:
    return {model.__name__: model._base_manager.count() for model in apps.get_app_config("core").get_models()}


def test_every_named_rule_stands_in_the_table_above():
    models = apps.get_app_config("core").get_models()
    assert {name for name, _sql in NAMED} == {rule.name for model in models for rule in model._meta.constraints}
