from django.db import migrations, models

HOW = [
    ("adjudication", "Adjudication"),
    ("outcome", "Outcome"),
    ("flag", "a reader's flag on the manager's page"),
    ("export", "Export"),
    ("list", "a list of cases with what came of them"),
    ("case", "the page of the case"),
]


class Migration(migrations.Migration):
    dependencies = [("reading", "0018_fill_cases_in_lists")]

    operations = [
        migrations.AddIndex(
            "caseround",
            models.Index(
                fields=["listed_in", "state", "case_number"],
                condition=models.Q(listed_in__isnull=False),
                name="listed_by_state",
            ),
        ),
        migrations.AddIndex(
            "caseround",
            models.Index(
                fields=["listed_in", "newest_read_at", "case_number"],
                condition=models.Q(listed_in__isnull=False, newest_read_at__isnull=False),
                name="listed_by_read",
            ),
        ),
        migrations.AddIndex(
            "caseround",
            models.Index(
                fields=["listed_in", "n_discordant", "case_number"],
                condition=models.Q(listed_in__isnull=False, n_discordant__gt=0),
                name="listed_by_discordance",
            ),
        ),
        migrations.AddIndex(
            "caseround",
            models.Index(
                fields=["listed_in", "case_number"],
                condition=models.Q(listed_in__isnull=False, is_flagged=True),
                name="listed_flagged",
            ),
        ),
        migrations.AlterField("caseseen", "how", models.CharField(choices=HOW, max_length=16)),
        migrations.AlterField("roundseen", "how", models.CharField(choices=HOW, max_length=16)),
    ]
