"""Projects, who does what in them, what may be said (label schema) and how it is read (reading protocol)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from labelhub.core.models import UUIDModel


class Project(UUIDModel):
    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    description = models.CharField(max_length=2000, default="", blank=True, help_text="Plain text.")
    created_at = models.DateTimeField(auto_now_add=True)
    split_seed = models.BigIntegerField(
        help_text="Seed of the patient-level split and of the random case order."
    )
    pool_share = models.FloatField(default=0.7)
    validation_share = models.FloatField(default=0.1, help_text="The rest is the test share.")
    pseudonym_key = models.CharField(
        max_length=64, help_text="HMAC key (hex) for pseudonyms; never leaves the server."
    )
    keep_originals = models.BooleanField(default=False)
    archived_at = models.DateTimeField(
        null=True, help_text="Since when nothing in it may be changed; null: it is at work."
    )
    deletion_asked_at = models.DateTimeField(
        null=True, help_text="Since when nobody is in it, since it is to be deleted; null: it stays."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pool_share__gte=0, validation_share__gte=0)
                & Q(pool_share__lte=1 - models.F("validation_share")),
                name="project_shares",
            ),
            models.CheckConstraint(
                condition=Q(deletion_asked_at__isnull=True) | Q(archived_at__isnull=False),
                name="project_deleted_from_archive",
            ),
        ]


class Membership(UUIDModel):
    """One role of one person in one project; a person may hold several."""

    class Role(models.TextChoices):
        READER = "reader"
        ADJUDICATOR = "adjudicator"
        MANAGER = "manager"
        ENGINEER = "engineer"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user", "role"], name="membership_once")]


class Absence(UUIDModel):
    """A person is given nothing new in a project while it lasts: paused by a data manager, or on leave.

    It begins and ends by its times alone. It is never changed: another takes its place.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="absences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, help_text="Null: paused, until a data manager ends it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="absence_once"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("begins_at")), name="absence_ends"
            ),
        ]


class Invitation(UUIDModel):
    """A link by which one person gets roles in a project. Its secret is shown once; only its SHA-256 is stored."""

    class State(models.TextChoices):
        """Not stored: it follows from the times, and from whether its maker still manages the project."""

        OPEN = "open"
        ACCEPTED = "accepted"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"
        LAPSED = "lapsed", "whoever made it no longer manages the project"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    client_uuid = models.UUIDField(help_text="The client's id of the set that it was made in.")
    position = models.PositiveSmallIntegerField(help_text="Its place in that set.")
    note = models.CharField(max_length=200, blank=True, help_text="Whom it is for, for those who manage.")
    roles = models.JSONField(help_text="Roles, in the order of Membership.Role.")
    sha256 = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations_made"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="invitations_accepted"
    )
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "client_uuid", "position"], name="invitation_once"),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True, accepted_at__isnull=True)
                | Q(accepted_by__isnull=False, accepted_at__isnull=False, withdrawn_at__isnull=True),
                name="invitation_one_end",
            ),
        ]
        indexes = [models.Index(fields=["project", "-created_at", "-id"], name="invitation_newest")]


class SavedFilter(UUIDModel):
    """What a list of cases is narrowed to and how it is shown, under a name. A query, not its answer: what it shows
    is shown to whoever runs it.
    """

    class View(models.TextChoices):
        TABLE = "table"
        SHEET = "sheet"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=80)
    query = models.JSONField(help_text="{filter: value}, as CaseFilter.as_json gives it.")
    order = models.CharField(max_length=20)
    view = models.CharField(max_length=8, choices=View.choices)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="saved_filter_name_once")]


class LabelSchema(UUIDModel):
    """A version of what may be said. Insert-only; the newest version is the one in force."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="schemas")
    version = models.PositiveIntegerField()
    findings = models.JSONField(help_text="[{code, name, hotkey, required, boxes}] in reading order.")
    region_classes = models.JSONField(default=list, help_text="[{code, name, kinds}]")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "version"], name="schema_version_once")]

    @property
    def codes(self) -> list[str]:
        return [finding["code"] for finding in self.findings]


class ReadingProtocol(UUIDModel):
    """A version of how cases are read. Insert-only; the newest version is the one in force."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="protocols")
    version = models.PositiveIntegerField()
    readers_per_case = models.PositiveSmallIntegerField(default=2)
    blinded = models.BooleanField(
        default=True, help_text="Record of old versions only: reading has always been blinded."
    )
    ai_visible = models.BooleanField(
        default=False, help_text="Record of old versions only: nothing of a model was ever shown."
    )
    context_fields = models.JSONField(default=list)
    eval_interleave = models.PositiveSmallIntegerField(
        default=5, help_text="One in this many new cases comes from the validation or test split; 0 = none."
    )
    eval_target = models.PositiveIntegerField(
        default=1_000_000, help_text="Stop interleaving once this many validation and test cases are begun."
    )
    iou_threshold = models.FloatField(default=0.4)
    adjudicate_own_reads = models.BooleanField(default=False)
    adjudication_reason_required = models.BooleanField(default=False)
    show_outcome_when_closed = models.BooleanField(default=False)
    finding_rules = models.JSONField(
        default=dict,
        help_text="{code: {rule, present_uncertain, uncertain_absent}}; absent codes use the default.",
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="protocol_version_once"),
            models.CheckConstraint(
                condition=Q(readers_per_case__gte=1, readers_per_case__lte=20), name="protocol_readers"
            ),
            models.CheckConstraint(
                condition=Q(iou_threshold__gt=0, iou_threshold__lte=1), name="protocol_iou"
            ),
        ]


class ProjectDeletion(UUIDModel):
    """That a project is to be deleted, and afterwards its tombstone: all that remains of it."""

    project_id = models.UUIDField(help_text="No foreign key: it stays when the project is gone.")
    slug_sha256 = models.CharField(max_length=64, help_text="Of its short name, which is free again.")
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Until then an administrator may take it back.")
    memberships = models.JSONField(
        default=list,
        help_text="[{id, user, role}] set aside: nobody is in the project. Empty once it is gone.",
    )
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True, help_text="From then on it cannot be taken back.")
    rows_gone_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True, help_text="Its objects are gone too.")
    n_cases = models.PositiveIntegerField(default=0, help_text="Deleted so far, as the two below.")
    n_reads = models.PositiveIntegerField(default=0)
    n_objects = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_id"], condition=Q(taken_back_at__isnull=True), name="deletion_once"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True) | Q(begun_at__isnull=True),
                name="deletion_begun_or_taken_back",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(taken_back_at__isnull=True, finished_at__isnull=True),
                name="deletion_due",
            ),
            models.Index(fields=["-asked_at", "-id"], name="deletion_newest"),
        ]


class ObjectToErase(models.Model):
    """Stored bytes whose row is gone: kept until they are gone too, so that none is forgotten."""

    class Kind(models.TextChoices):
        INSTANCE = "instance", "all objects under a prefix"
        ORIGINAL = "original"
        WEIGHTS = "weights"
        UPLOAD = "upload", "what an import was sent, by its id"
        WORK = "work", "what a job left, by its id"

    deletion = models.ForeignKey(ProjectDeletion, on_delete=models.PROTECT, related_name="objects_to_erase")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=200)
