import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imaging", "0021_cases_in_lists_indexes"),
        ("projects", "0001_initial"),
        ("reading", "0016_kinds_of_marks_are_registered"),
    ]

    operations = [
        migrations.AddField(
            "caseround",
            "listed_in",
            models.ForeignKey(
                db_index=False,
                help_text="Set in the row by which its case is listed; null in those of other rounds.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="projects.project",
            ),
        ),
        migrations.AddField(
            "caseround",
            "case_number",
            models.PositiveIntegerField(
                default=0, help_text="So that a list in its order is one index range."
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "caseround",
            "newest_read_at",
            models.DateTimeField(
                help_text="When its newest read came in; a correction does not move it.", null=True
            ),
        ),
        migrations.AddField(
            "caseround",
            "n_discordant",
            models.PositiveSmallIntegerField(
                default=0, help_text="Findings on which its reads differ, decided or not."
            ),
        ),
        migrations.AddField(
            "caseround",
            "is_flagged",
            models.BooleanField(
                default=False, help_text="In a listed row: a reader has flagged the case, and not taken that back."
            ),
        ),
        migrations.AddField(
            "caseround",
            "state",
            models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(closed_at__isnull=False, then=models.Value("closed")),
                    models.When(begun_seq__isnull=True, then=models.Value("not_begun")),
                    models.When(n_submitted__gte=models.F("n_needed"), then=models.Value("complete")),
                    default=models.Value("begun"),
                ),
                output_field=models.CharField(
                    choices=[
                        ("not_begun", "Not Begun"),
                        ("begun", "Begun"),
                        ("complete", "all reads in, a decision outstanding"),
                        ("closed", "Closed"),
                    ],
                    max_length=12,
                ),
            ),
        ),
    ]
