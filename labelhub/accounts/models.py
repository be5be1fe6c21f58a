"""People who sign in, and tokens for machines."""

from __future__ import annotations

import hashlib
import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models

from labelhub.core.models import UUIDModel


class User(AbstractUser):
    """A person. Nobody registers uninvited: an administrator makes an account, or its person does by an invitation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    display_name = models.CharField(max_length=100, blank=True)


class ApiToken(UUIDModel):
    """A machine's credential: only its SHA-256 is stored. A random 256-bit token needs no slow hash."""

    class Scope(models.TextChoices):
        READ = "read", "GET only"
        FULL = "full", "everything its user may do"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.FULL)
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    @staticmethod
    def digest(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()
