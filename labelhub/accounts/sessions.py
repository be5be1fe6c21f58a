"""Django's sessions and sign-in, with the two queries of every request compiled once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField, UUIDField
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core.prepared import Prepared

SESSION = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    key=CharField(),
    now=DateTimeField(),
)
USER = Prepared(lambda id: User.objects.filter(id=id), id=UUIDField())


def sessions_end(user: User) -> None:
    """End every session of hers. A session says whose it is only when it is opened, so each is: this is seldom done."""
    alive = Session.objects.filter(expire_date__gt=timezone.now())
    hers = [row.pk for row in alive.iterator() if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=hers).delete()


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        session: Session | None = SESSION.first(key=self.session_key, now=timezone.now())
        if session is None:
            self._session_key = None
        return session


class Backend(ModelBackend):
    def get_user(self, user_id: UUID) -> Any:
        user = USER.first(id=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
