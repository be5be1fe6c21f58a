"""Background jobs of a project, for its data manager and ML engineers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.core.errors import Conflict, NotFound
from labelhub.core.jobs import job_request_cancel
from labelhub.core.models import Job
from labelhub.learning.policies import LEARNING_ROLES, learning_project_for
from labelhub.learning.selectors import job_row, jobs_of
from labelhub.projects.policies import project_by_id_for

SHOWN = 50
SHOWN_FOR = timedelta(days=1)


class JobField(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=Job.State.choices)
    progress = serializers.DictField()
    message = serializers.CharField()
    run = serializers.UUIDField(allow_null=True)
    batch = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


def job_for(user: User, job_id: UUID) -> Job:
    job = Job.objects.filter(id=job_id).first()
    if job is None or job.project_id is None:
        raise NotFound()
    project_by_id_for(user, job.project_id, LEARNING_ROLES)
    return job


class ProjectJobsApi(Api):
    policy = Policy(
        "manager or engineer of the project",
        lambda user, method, kwargs: learning_project_for(user, kwargs["slug"]),
    )

    @extend_schema(responses=inline_serializer("Jobs", {"results": JobField(many=True)}))
    def get(self, request: Request, slug: str) -> Response:
        recent = Q(state__in=Job.ACTIVE) | Q(finished_at__gt=timezone.now() - SHOWN_FOR)
        rows = jobs_of(self.subject).filter(recent)[:SHOWN]
        return Response({"results": [job_row(job) for job in rows]})


class JobCancelApi(Api):
    policy = Policy(
        "manager or engineer of the job's project",
        lambda user, method, kwargs: job_for(user, kwargs["job_id"]),
    )

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, job_id: UUID) -> Response:
        job: Job = self.subject
        if job.state not in Job.ACTIVE:
            raise Conflict("This job has ended already.", code="job_ended")
        job_request_cancel(job_id=job.id, actor_id=self.user.id)
        return Response(status=status.HTTP_204_NO_CONTENT)
