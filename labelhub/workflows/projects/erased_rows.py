"""In which order the rows of a project are deleted, and which stored bytes each of them stands for.

Whatever refers to a row comes before it, or with it in one transaction. A table that lies under a project and is not
named here keeps the deletion from ending (its foreign key), and fails a test before that.
"""

from __future__ import annotations

from dataclasses import dataclass

from labelhub.projects.models import ObjectToErase

Kind = ObjectToErase.Kind


@dataclass(frozen=True)
class Rows:
    """A model, and the way from its rows to what they are deleted with: a project, or cases."""

    model: str
    path: str


IMPORTS = (
    Rows("imaging.Upload", "batch__project"),
    Rows("imaging.ImportFile", "batch__project"),
    Rows("imaging.LabelMismatch", "batch__project"),
    Rows("imaging.ImportBatch", "project"),
    Rows("imaging.CaseLabelTable", "project"),
)
"""Before the cases: files name instances."""

OF_CASES = (
    Rows("learning.RankedCase", "case"),
    Rows("consensus.AdjudicationDecision", "adjudication__case_round__case"),
    Rows("consensus.Adjudication", "case_round__case"),
    Rows("consensus.Discordance", "case_round__case"),
    Rows("consensus.ConsensusLabel", "case_round__case"),
    Rows("reading.FlagSeen", "flag__assignment__case"),
    Rows("reading.FlagWithdrawn", "flag__assignment__case"),
    Rows("reading.Flag", "assignment__case"),
    Rows("reading.LateReadDecision", "late_read__assignment__case"),
    Rows("reading.LateRead", "assignment__case"),
    Rows("reading.Annotation", "read__assignment__case"),
    Rows(
        "reading.Annotation", "instance__case"
    ),  # of another case, where an image has changed its case since
    Rows("reading.ReadAnswer", "read__assignment__case"),
    Rows("reading.Read", "assignment__case"),
    Rows("reading.ReadDraft", "assignment__case"),
    Rows("reading.Assignment", "case"),
    Rows("reading.CaseSeen", "case"),
    Rows("reading.ReopenedSlot", "case_round__case"),
    Rows("reading.QueueEntry", "case"),
    Rows("reading.CaseRound", "case"),
    Rows("imaging.SourceLabel", "case"),
    Rows("imaging.Correction", "case"),
    Rows("imaging.CaseExclusion", "case"),
    Rows("imaging.Instance", "case"),
    Rows("imaging.HeldCaseVersion", "version__case"),
    Rows("imaging.CaseVersion", "case"),
    Rows("imaging.Case", "pk"),
)
"""All that hangs on some cases, in one transaction."""

OF_PROJECT = (
    Rows("learning.RollbackLift", "promotion__project"),
    Rows("learning.Promotion", "project"),
    Rows("learning.GateOutcome", "model_version__project"),
    Rows("learning.Ranking", "project"),
    Rows("learning.ScoringRun", "model_version__project"),
    Rows("learning.ModelVersion", "project"),
    Rows("learning.TrainingSnapshot", "run__project"),
    Rows("learning.TrainingRun", "project"),
    Rows("learning.TrainingPolicy", "project"),
    Rows("reading.WorklistState", "project"),
    Rows("reading.Queue", "project"),
    Rows("reading.ReaderCursor", "round__project"),
    Rows("reading.RoundSeen", "round__project"),
    Rows("consensus.RoundStatistics", "round__project"),
    Rows("consensus.ProjectStatistics", "project"),
    Rows("reading.Round", "project"),
    Rows("releases.Export", "project"),
    Rows("imaging.Instance", "project"),  # of no case: what was never arranged
    Rows("imaging.Series", "study__project"),
    Rows("imaging.Study", "project"),
    Rows("imaging.Patient", "project"),
    Rows("imaging.CaseCounter", "project"),
    Rows("projects.Absence", "project"),
    Rows("projects.Invitation", "project"),
    Rows("projects.SavedFilter", "project"),
    Rows("projects.LabelSchema", "project"),
    Rows("projects.ReadingProtocol", "project"),
    Rows("projects.Membership", "project"),
)
"""Once no case is left. Jobs follow, then the project."""

OBJECTS: dict[str, dict[str, Kind]] = {
    "imaging.Instance": {"storage_prefix": Kind.INSTANCE, "original_key": Kind.ORIGINAL},
    "imaging.ImportBatch": {"id": Kind.UPLOAD},
    "imaging.CaseLabelTable": {"id": Kind.UPLOAD},
    "learning.ModelVersion": {"weights_key": Kind.WEIGHTS},
    "core.Job": {"id": Kind.WORK},
}
"""The columns that name stored bytes, with what is stored."""
