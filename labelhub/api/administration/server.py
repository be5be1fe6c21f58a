"""The server itself: versions, database, audit seals, disks, and where images and weights are stored."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.administration.policy import ADMINISTRATOR
from labelhub.api.http.views import Api
from labelhub.workflows.administration import server


class VersionsApi(Api):
    policy = ADMINISTRATOR

    @extend_schema(
        responses=inline_serializer(
            "Versions",
            {
                "labelhub": serializers.CharField(),
                "revision": serializers.CharField(
                    allow_null=True, help_text="Of the code, where it is known."
                ),
                "python": serializers.CharField(),
                "django": serializers.CharField(),
                "database": serializers.CharField(),
                "broker": serializers.CharField(allow_null=True, help_text="Null: it does not answer."),
            },
        )
    )
    def get(self, request: Request) -> Response:
        """Versions of LabelHub and of what it runs on."""
        return Response(server.versions())


class DatabaseApi(Api):
    policy = ADMINISTRATOR

    @extend_schema(
        responses=inline_serializer(
            "Database",
            {
                "version": serializers.CharField(),
                "size": serializers.IntegerField(help_text="Bytes."),
                "n_migrations_waiting": serializers.IntegerField(),
                "migrations_waiting": serializers.ListField(
                    child=serializers.CharField(), help_text="The first twenty."
                ),
            },
        )
    )
    def get(self, request: Request) -> Response:
        """The database's version, its size and the migrations that wait."""
        return Response(server.database())


class SealsApi(Api):
    policy = ADMINISTRATOR

    @extend_schema(
        responses=inline_serializer(
            "Seals",
            {
                "n_sealed": serializers.IntegerField(),
                "head": serializers.CharField(help_text="Keep it elsewhere from time to time."),
                "sealed_until": serializers.DateTimeField(allow_null=True),
                "n_unsealed": serializers.IntegerField(help_text="At most 10,000 are counted."),
                "unsealed_since": serializers.DateTimeField(allow_null=True),
            },
        )
    )
    def get(self, request: Request) -> Response:
        """How far the audit trail is sealed. Whether the seals are whole is told by `manage.py audit_verify`."""
        return Response(server.seals())


class FolderOutput(serializers.Serializer[Any]):
    name = serializers.ChoiceField(choices=["data", "uploads", "work", "objects", "database", "logs"])
    path = serializers.CharField()
    total = serializers.IntegerField(help_text="Bytes of the disk that it is on.")
    free = serializers.IntegerField()
    is_low = serializers.BooleanField(help_text="Less than a tenth is free.")


class DiskApi(Api):
    policy = ADMINISTRATOR

    @extend_schema(responses=inline_serializer("Disk", {"results": FolderOutput(many=True)}))
    def get(self, request: Request) -> Response:
        """Each folder that LabelHub writes to on the machine that answers."""
        return Response({"results": FolderOutput(server.folders(), many=True).data})


class StoreApi(Api):
    policy = ADMINISTRATOR

    @extend_schema(
        responses=inline_serializer(
            "Store",
            {
                "kind": serializers.ChoiceField(choices=["local", "s3"]),
                "place": serializers.CharField(),
                "total": serializers.IntegerField(allow_null=True),
                "free": serializers.IntegerField(allow_null=True, help_text="Null: the store does not tell."),
                "is_writable": serializers.BooleanField(),
                "trouble": serializers.CharField(),
            },
        )
    )
    def get(self, request: Request) -> Response:
        """Where images and weights are kept. Tries to write there, and removes what it wrote."""
        return Response(server.store())
