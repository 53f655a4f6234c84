"""Settings of the floor: the product's database and nothing else of it."""

from backoffice.settings import *  # noqa: F403

INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
TEMPLATES: list[dict] = []
ROOT_URLCONF = "tests.bench.floor_till"
