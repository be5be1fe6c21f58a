"""Background jobs of a project, for its data manager and ML engineers."""

from __future__ import annotations

from collections.abc import Collection
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
from labelhub.api.http.subjects import project_id_of
from labelhub.api.http.views import Api
from labelhub.core.errors import NotFound
from labelhub.core.models import Job
from labelhub.learning.policies import LEARNING_ROLES, learning_project_for
from labelhub.learning.selectors import job_row, jobs_of
from labelhub.projects.models import Project
from labelhub.projects.policies import MANAGER, project_by_id_for, roles_of
from labelhub.workflows.ask_again import to_try_again, try_again
from labelhub.workflows.cancel_job import cancel_job, may_be_cancelled
from labelhub.workflows.projects.due_statistics import failed_recount

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
    can_cancel = serializers.BooleanField(
        help_text="It waits or runs, nobody has cancelled it, and its kind may be stopped."
    )
    can_try_again = serializers.BooleanField(
        help_text="It failed or was cancelled, and you may ask for it again."
    )


def job_for(user: User, job_id: UUID, roles: Collection[str] = LEARNING_ROLES) -> Job:
    job = Job.objects.filter(id=job_id).first()
    if job is None:
        raise NotFound()
    project_by_id_for(user, project_id_of(job), roles)
    return job


class ProjectJobsApi(Api):
    policy = Policy(
        "manager or engineer of the project",
        lambda user, method, kwargs: learning_project_for(user, kwargs["slug"]),
    )

    @extend_schema(responses=inline_serializer("Jobs", {"results": JobField(many=True)}))
    def get(self, request: Request, slug: str) -> Response:
        """Jobs of the project that wait, run or ended lately."""
        recent = Q(state__in=Job.ACTIVE) | Q(finished_at__gt=timezone.now() - SHOWN_FOR)
        recount = failed_recount(self.subject.id)
        rows = [*([recount] if recount else []), *jobs_of(self.subject).filter(recent)[:SHOWN]]
        again: set[UUID] = set()
        if MANAGER in roles_of(self.subject):
            again = to_try_again([job.id for job in rows])
        return Response({"results": [_row(job, can_try_again=job.id in again) for job in rows]})


def _row(job: Job, *, can_try_again: bool) -> dict[str, Any]:
    return job_row(job) | {"can_cancel": may_be_cancelled(job), "can_try_again": can_try_again}


class JobCancelApi(Api):
    policy = Policy(
        "manager or engineer of the job's project",
        lambda user, method, kwargs: job_for(user, kwargs["job_id"]),
        in_archive=True,
    )

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, job_id: UUID) -> Response:
        """Stop a job that waits or runs."""
        job: Job = self.subject
        cancel_job(actor=self.user, job=job)
        return Response(status=status.HTTP_204_NO_CONTENT)


class JobTryAgainApi(Api):
    policy = Policy(
        "manager of the job's project",
        lambda user, method, kwargs: job_for(user, kwargs["job_id"], {MANAGER}),
    )

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, job_id: UUID) -> Response:
        """Run a job again that failed or was cancelled."""
        project = Project.objects.get(id=project_id_of(self.subject))
        try_again(actor=self.user, project=project, job=self.subject)
        return Response(status=status.HTTP_204_NO_CONTENT)
