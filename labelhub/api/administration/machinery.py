"""Workers and queues: what works, what waits, what failed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.administration.policy import ADMINISTRATOR
from labelhub.api.http.views import Api
from labelhub.workflows.administration import machinery


class WorkerOutput(serializers.Serializer[Any]):
    name = serializers.ChoiceField(choices=machinery.WORKERS)
    state = serializers.ChoiceField(
        choices=["working", "heard", "idle", "silent"],
        help_text="working: it has a job; heard: it had one in the last two minutes; idle: nothing waits for it, so "
        "that nobody knows; silent: it should have been heard of.",
    )
    heard_at = serializers.DateTimeField(allow_null=True)
    heard_from = serializers.CharField(help_text="Machine and process of the last job.")
    n_running = serializers.IntegerField()
    n_waiting = serializers.IntegerField()
    waiting_since = serializers.DateTimeField(allow_null=True)


class WorkersApi(Api):
    policy = ADMINISTRATOR

    @extend_schema(responses=inline_serializer("Workers", {"results": WorkerOutput(many=True)}))
    def get(self, request: Request) -> Response:
        """The workers, and when each was heard last."""
        return Response({"results": [asdict(each) for each in machinery.workers()]})


class QueueRow(serializers.Serializer[Any]):
    kind = serializers.CharField()
    queue = serializers.CharField()
    n_waiting = serializers.IntegerField()
    waiting_since = serializers.DateTimeField(allow_null=True)
    n_running = serializers.IntegerField()
    running_since = serializers.DateTimeField(allow_null=True)
    n_failed = serializers.IntegerField(help_text="In the last seven days.")


class FailedJob(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    project = serializers.CharField(allow_null=True, help_text="Its name.")
    attempts = serializers.IntegerField()
    message = serializers.CharField()
    finished_at = serializers.DateTimeField()


class QueuesApi(Api):
    policy = ADMINISTRATOR

    @extend_schema(
        responses=inline_serializer(
            "Queues",
            {
                "ticked_at": serializers.DateTimeField(
                    allow_null=True, help_text="When the clock last rang."
                ),
                "results": QueueRow(many=True),
                "failed": FailedJob(many=True),
            },
        )
    )
    def get(self, request: Request) -> Response:
        """Kinds of jobs that wait, run or have failed; the newest that failed, with their sentences."""
        return Response(
            {
                "ticked_at": machinery.ticked_at(),
                "results": machinery.queue_rows(),
                "failed": machinery.failed_jobs(),
            }
        )
