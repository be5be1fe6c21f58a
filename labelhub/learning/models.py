"""Records of learning: policies, training runs, model versions, scoring runs, rankings and promotions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from labelhub.core.models import Job, UUIDModel
from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.reading.models import Action, Queue


class TrainingPolicy(models.Model):
    """When to retrain, on what, and how to rank. One row a project."""

    project = models.OneToOneField(
        Project, on_delete=models.CASCADE, primary_key=True, related_name="training_policy"
    )
    version = models.PositiveIntegerField(default=0, help_text="Counts the changes; 0 = as it comes.")
    is_enabled = models.BooleanField(default=True)
    every_n_labels = models.PositiveIntegerField(
        null=True, help_text="New consensus-complete pool cases; null = off."
    )
    daily_at = models.TimeField(null=True, help_text="UTC; null = off.")
    network = models.CharField(max_length=24, default="densenet121")
    image_size = models.PositiveIntegerField(default=320, help_text="Side of the square network input in px.")
    max_epochs = models.PositiveIntegerField(default=60)
    batch_size = models.PositiveIntegerField(default=16)
    learning_rate = models.FloatField(default=3e-4)
    seed = models.PositiveIntegerField(default=1)
    min_cases = models.PositiveIntegerField(default=20, help_text="Fewer labelled pool cases: no training.")
    min_positives = models.PositiveIntegerField(default=10, help_text="Fewer: no metric for that finding.")
    acquisition = models.CharField(max_length=24, default="entropy")
    batch_query = models.PositiveIntegerField(default=50, help_text="Size of a batch query.")
    random_share = models.FloatField(default=0.15)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(random_share__gte=0, random_share__lte=1), name="policy_random_share"
            )
        ]


class TrainingRun(UUIDModel):
    """One fit. Its job row holds state, attempt and progress; the snapshot says which labels it used."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="training_runs")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="training_run")
    trigger = models.CharField(max_length=16, help_text="labels, daily or manual")
    config = models.JSONField()
    snapshot = models.JSONField(default=dict, help_text="Counts and hash of the training data.")
    environment = models.JSONField(default=dict, help_text="Library versions, device, code version.")
    history = models.JSONField(default=list, help_text="One entry per epoch.")
    log_tail = models.TextField(blank=True)
    n_labels = models.PositiveIntegerField(default=0, help_text="Pool cases with a label to learn from.")
    created_at = models.DateTimeField(auto_now_add=True)


class TrainingSnapshot(models.Model):
    """The labels of a run, case by case: megabytes, so apart from the row that pages and submits load. Insert-only."""

    run = models.OneToOneField(
        TrainingRun, on_delete=models.CASCADE, primary_key=True, related_name="training_data"
    )
    cases = models.JSONField(
        help_text="[{case, patient, case_version, role, labels: {finding: {row, value}}, instances}]"
    )


class ModelVersion(UUIDModel):
    """A trained network. Insert-only: weights by hash, metrics with intervals, and where it came from."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="model_versions")
    run = models.OneToOneField(TrainingRun, on_delete=models.PROTECT, related_name="model_version")
    number = models.PositiveIntegerField()
    weights_key = models.CharField(max_length=200)
    weights_sha256 = models.CharField(max_length=64)
    findings = models.JSONField()
    metrics = models.JSONField()
    card = models.JSONField(default=dict)
    n_labels = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="model_number_once")]


class GateOutcome(UUIDModel):
    """Whether a model that was trained may be put in use by itself, and why not. Insert-only."""

    model_version = models.OneToOneField(ModelVersion, on_delete=models.CASCADE, related_name="gate")
    passed = models.BooleanField()
    reason = models.CharField(max_length=300, help_text="A sentence for the page of models.")
    created_at = models.DateTimeField(auto_now_add=True)


class Promotion(UUIDModel):
    """Which model is in use: the newest row of the project. Insert-only."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="promotions")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT)
    promoted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)


class RollbackLift(UUIDModel):
    """A person let new models be used again after a roll-back. Insert-only."""

    promotion = models.OneToOneField(Promotion, on_delete=models.CASCADE, related_name="lift")
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)


class ScoringRun(UUIDModel):
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="scoring_runs")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="scoring_run")
    config = models.JSONField()
    n_cases = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)


class Ranking(UUIDModel):
    """An immutable published order of the pool."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="rankings")
    scoring_run = models.OneToOneField(ScoringRun, on_delete=models.PROTECT, related_name="ranking")
    queue = models.OneToOneField(Queue, on_delete=models.PROTECT, related_name="ranking")
    acquisition = models.CharField(max_length=24)
    seed = models.BigIntegerField()
    n_cases = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)


class RankedCase(models.Model):
    """Where a candidate, a case with what to do with it, stands in a ranking, and why. Insert-only."""

    ranking = models.ForeignKey(Ranking, on_delete=models.CASCADE, related_name="cases")
    position = models.PositiveIntegerField()
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=16, choices=Action.choices, db_default=Action.READ_NEW)
    why = models.CharField(
        max_length=16, help_text="uncertainty, diversity, random, rest, duplicate or unscored"
    )
    score = models.FloatField(null=True, help_text="Acquisition score; higher is read sooner.")
    probabilities = models.JSONField(
        default=dict, help_text="{finding: probability}, maximum over instances."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ranking", "position"], name="ranked_position_once"),
            models.UniqueConstraint(fields=["case", "ranking", "action"], name="ranked_candidate_once"),
        ]
        indexes = [
            models.Index(
                fields=["ranking", "score", "position"],
                condition=Q(score__isnull=False),
                name="ranked_by_score",
            )
        ]
