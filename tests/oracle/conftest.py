"""A folder that the workers of one run share."""

import pytest


@pytest.fixture
def shared(tmp_path_factory, worker_id):
    """Where days are noted, the same for every worker."""
    base = tmp_path_factory.getbasetemp()
    return (base if worker_id == "master" else base.parent) / "oracle"
