"""What every import test stands on: a shop with its rates and one branch, and a queue without left-overs."""

import pytest


@pytest.fixture
def shop(db):
    """The branch where the stock is, with the three rates and an administrator."""
    from django.db import connection  # not above: this file is read before the settings are

    from tests import factories

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")  # the library's tables are not emptied between tests
    factories.vat_rates()
    branch = factories.branch("Utrecht", code="UT")
    branch.admin = factories.employee("admin", branch, name="Karin Smit")
    return branch
