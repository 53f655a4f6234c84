from django.db import OperationalError
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params):
        raise OperationalError(
            "DATABASE_URL is not set: use `make run`, or `make db` and the lines that it prints, "
            "or set it to postgresql://user:password@host:5432/database."
        )
