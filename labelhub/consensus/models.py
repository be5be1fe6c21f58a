"""Discordance, adjudication and consensus labels: what follows from the reads of a case."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from labelhub.core.models import UUIDModel
from labelhub.imaging.models import CaseVersion
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound, Round


class Adjudication(UUIDModel):
    """A discordant case that waits for, or has had, an adjudicator's decision."""

    class State(models.TextChoices):
        OPEN = "open"
        CLAIMED = "claimed"
        WAITING = "waiting", "sent back to a reader"
        DECIDED = "decided"
        RESOLVED = "resolved", "no longer discordant"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="adjudications")
    case_round = models.OneToOneField(CaseRound, on_delete=models.PROTECT, related_name="adjudication")
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    adjudicator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Of the decision since it was last opened; a correction does not move it.
    decided_at = models.DateTimeField(null=True)
    label_seed = models.BigIntegerField(help_text="Seeds which read is shown as A, B, C.")
    letters = models.JSONField(
        default=dict, help_text="{assignment: letter}, fixed when it opens; later reads get the next letters."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(adjudicator__isnull=False, lease_until__isnull=False),
                name="adjudication_claim_has_lease",
            )
        ]
        indexes = [
            models.Index(fields=["project", "state", "created_at"], name="adjudication_list"),
            models.Index(fields=["lease_until"], condition=Q(state="claimed"), name="adjudication_leased"),
        ]


class Discordance(models.Model):
    """A finding on which the reads of a case differ. Derived: recomputed from the reads at any time."""

    class Kind(models.TextChoices):
        VALUE = "value"
        LOCATION = "location"

    case_round = models.ForeignKey(CaseRound, on_delete=models.CASCADE, related_name="discordances")
    finding = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    gap = models.CharField(max_length=32, help_text="Votes as '2:1'.")
    best_iou = models.FloatField(null=True)
    needs_adjudication = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case_round", "finding"], name="discordance_once")]
        indexes = [models.Index(fields=["finding", "needs_adjudication"], name="discordance_finding")]


class AdjudicationDecision(UUIDModel):
    """The adjudicator's answer on one finding. Insert-only; the newest counts."""

    adjudication = models.ForeignKey(Adjudication, on_delete=models.PROTECT, related_name="decisions")
    client_uuid = models.UUIDField(help_text="The client's id of the whole decision: a repeat is harmless.")
    finding = models.CharField(max_length=64)
    value = models.CharField(max_length=12)
    reason = models.CharField(
        max_length=500, blank=True, help_text="As she gave it; empty when she gave none."
    )
    case_version = models.ForeignKey(
        CaseVersion,
        on_delete=models.PROTECT,
        null=True,
        help_text="The images she was shown; null where it was decided before this was kept.",
    )
    annotations = models.JSONField(default=list, help_text="Boxes in image space, as in a read's document.")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    decided_at = models.DateTimeField()
    content_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adjudication", "client_uuid", "finding"], name="decision_once")
        ]


class ConsensusLabel(UUIDModel):
    """What the project holds to be so for one case and finding. Derived; earlier rows stay for tracing."""

    case_round = models.ForeignKey(CaseRound, on_delete=models.CASCADE, related_name="consensus_labels")
    finding = models.CharField(max_length=64)
    value = models.CharField(max_length=12, blank=True, help_text="Empty when left soft without a majority.")
    probability = models.FloatField(null=True, help_text="Share of present votes; null when masked.")
    method = models.CharField(max_length=24)
    provenance = models.JSONField(
        help_text="{reads: [...], decision: id|null, case_version, schema, protocol}"
    )
    is_current = models.BooleanField(default=True)
    in_force_in = models.ForeignKey(
        Project,
        on_delete=models.CASCADE,
        null=True,
        db_index=False,
        related_name="+",
        help_text="Set in the one label of a case and finding that counts, whatever rounds have asked it.",
    )
    case_number = models.PositiveIntegerField(help_text="So that cases are found by their labels in order.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case_round", "finding"], condition=Q(is_current=True), name="consensus_one_current"
            ),
            models.UniqueConstraint(
                fields=["in_force_in", "finding", "case_number"],
                include=["value"],
                condition=Q(in_force_in__isnull=False),
                name="consensus_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(in_force_in__isnull=True) | Q(is_current=True),
                name="consensus_in_force_is_current",
            ),
        ]


class ProjectStatistics(models.Model):
    """Progress of a project and agreement in its standing round, computed in the background; recomputed at any time."""

    project = models.OneToOneField(
        Project, on_delete=models.CASCADE, primary_key=True, related_name="statistics"
    )
    computed_at = models.DateTimeField()
    duration_s = models.FloatField(help_text="How long it took: the next one waits ten times as long.")
    audit_event_id = models.BigIntegerField(help_text="Newest event of the project when it was computed.")
    body = models.JSONField()


class RoundStatistics(models.Model):
    """Agreement between the readers of one round, from the first version of each read; recomputed at any time.

    Excluded cases are left out. The two numbers say whether the round has changed since: reads are never taken back,
    and where a case is excluded or brought back, the second is set to 0 (`services/agreement_kept.py`). A migration
    that changes how a figure is computed deletes the rows.
    """

    round = models.OneToOneField(Round, on_delete=models.CASCADE, primary_key=True, related_name="statistics")
    computed_at = models.DateTimeField()
    n_reads = models.PositiveIntegerField(help_text="Reads that it was computed from.")
    n_patients = models.PositiveIntegerField(help_text="Patients of their cases: the clusters.")
    body = models.JSONField(help_text="{findings: {code: figures}, pairs: [figures of two readers, by id]}")
