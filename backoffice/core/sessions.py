"""Sessions in the database, as Django keeps them."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from backoffice.core.db.spelled import Spelled


class SessionStore(DatabaseStore):
    def _get_session_from_db(self) -> Session | None:
        for session in _alive(self.session_key, timezone.now()):
            return session
        self._session_key = None
        return None


@Spelled
def _alive(key: str, now):
    return Session.objects.filter(session_key=key, expire_date__gt=now).order_by()
