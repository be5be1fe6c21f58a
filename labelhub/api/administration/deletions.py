"""Projects that are to be deleted, are being deleted, or are gone: their tombstones. One that waits is taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.administration.policy import ADMINISTRATOR, refuse_others
from labelhub.api.http.pagination import checked_query, decode_time_cursor, encode_cursor
from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.core.models import Job
from labelhub.projects.deletions import deletion_for, deletion_take_back
from labelhub.projects.models import Project, ProjectDeletion
from labelhub.workflows.projects.delete_project import deletion_key

PAGE = 20
STATES = ["waiting", "running", "done", "taken_back"]


class DeletionProgress(serializers.Serializer[Any]):
    stage = serializers.CharField()
    done = serializers.IntegerField(help_text="Cases.")
    total = serializers.IntegerField()


class DeletionOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    project_id = serializers.UUIDField()
    name = serializers.CharField(allow_null=True, help_text="Null: it is gone, and its name with it.")
    slug = serializers.CharField(allow_null=True)
    slug_sha256 = serializers.CharField(
        help_text="Of its short name: whether it was this one can be checked."
    )
    state = serializers.ChoiceField(choices=STATES)
    reason = serializers.CharField()
    asked_by = serializers.CharField()
    asked_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    taken_back_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    n_cases = serializers.IntegerField(help_text="Deleted so far, as the two below.")
    n_reads = serializers.IntegerField()
    n_objects = serializers.IntegerField()
    progress = DeletionProgress(allow_null=True)
    message = serializers.CharField(help_text="Why its last attempt failed, where it did.")
    allowed_actions = serializers.ListField(child=serializers.ChoiceField(choices=["take_back"]))


class DeletionList(serializers.Serializer[Any]):
    results = DeletionOutput(many=True)
    next = serializers.CharField(allow_null=True)


class DeletionsApi(Api):
    policy = ADMINISTRATOR

    @extend_schema(parameters=[OpenApiParameter("cursor", str)], responses=DeletionList)
    def get(self, request: Request) -> Response:
        """Deletions of projects, newest first."""
        query = checked_query(request.query_params, {"cursor"})
        rows = ProjectDeletion.objects.select_related("asked_by").order_by("-asked_at", "-id")
        if after := decode_time_cursor(query.get("cursor")):
            asked_at, id = after
            rows = rows.filter(Q(asked_at=asked_at, id__lt=id) | Q(asked_at__lt=asked_at))
        page = list(rows[: PAGE + 1])
        last = page[PAGE - 1] if len(page) > PAGE else None
        return Response(
            {
                "results": _shown(page[:PAGE]),
                "next": encode_cursor([last.asked_at.isoformat(), last.id]) if last else None,
            }
        )


def _deletion(user: User, method: str, kwargs: dict[str, Any]) -> ProjectDeletion:
    refuse_others(user, method, kwargs)
    return deletion_for(kwargs["deletion_id"])


class DeletionTakeBackApi(Api):
    policy = Policy("administrators, of a deletion", _deletion)
    subject: ProjectDeletion

    @extend_schema(request=None, responses=DeletionOutput)
    def post(self, request: Request, deletion_id: UUID) -> Response:
        """Take the deletion back: everybody is in the project again, which stays archived."""
        return Response(_shown([deletion_take_back(actor=self.user, deletion=self.subject)])[0])


def _shown(deletions: list[ProjectDeletion]) -> list[dict[str, Any]]:
    there = Project.objects.in_bulk([each.project_id for each in deletions])
    jobs = _newest_jobs(deletions)
    return [_row(each, there.get(each.project_id), jobs.get(deletion_key(each.id))) for each in deletions]


def _newest_jobs(deletions: list[ProjectDeletion]) -> dict[str, Job]:
    rows = Job.objects.filter(dedupe_key__in=[deletion_key(each.id) for each in deletions])
    return {job.dedupe_key: job for job in rows.order_by("created_at")}


def _row(deletion: ProjectDeletion, project: Project | None, job: Job | None) -> dict[str, Any]:
    state = _state(deletion)
    return {
        "id": deletion.id,
        "project_id": deletion.project_id,
        "name": project.name if project else None,
        "slug": project.slug if project else None,
        "slug_sha256": deletion.slug_sha256,
        "state": state,
        "reason": deletion.reason,
        "asked_by": deletion.asked_by.display_name or deletion.asked_by.username,
        "asked_at": deletion.asked_at,
        "due_at": deletion.due_at,
        "taken_back_at": deletion.taken_back_at,
        "finished_at": deletion.finished_at,
        "n_cases": deletion.n_cases,
        "n_reads": deletion.n_reads,
        "n_objects": deletion.n_objects,
        "progress": job.progress or None if job and state == "running" else None,
        "message": job.error_message if job and state == "running" and job.state != Job.State.RUNNING else "",
        "allowed_actions": ["take_back"] if state == "waiting" else [],
    }


def _state(deletion: ProjectDeletion) -> str:
    if deletion.taken_back_at is not None:
        return "taken_back"
    if deletion.finished_at is not None:
        return "done"
    return "waiting" if deletion.begun_at is None else "running"
