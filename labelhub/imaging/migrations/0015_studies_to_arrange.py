"""Site and group are what a label table says of a study; a study waits to be arranged with the others of its ID."""

from django.db import migrations, models

# By subqueries: UPDATE ... FROM is not known to every SQLite that Django runs on.
FILL = """
UPDATE imaging_study SET
site = (SELECT p.site FROM imaging_patient AS p WHERE p.id = imaging_study.patient_id),
"group" = (SELECT p."group" FROM imaging_patient AS p WHERE p.id = imaging_study.patient_id)
WHERE patient_id IN (SELECT id FROM imaging_patient WHERE site <> '' OR "group" <> '')
"""


class Migration(migrations.Migration):
    dependencies = [("imaging", "0014_lists_in_an_order")]

    operations = [
        migrations.AddField(
            "study", "site", models.CharField(blank=True, default="", max_length=64), preserve_default=False
        ),
        migrations.AddField(
            "study", "group", models.CharField(blank=True, default="", max_length=64), preserve_default=False
        ),
        migrations.AddField(
            "study",
            "is_to_arrange",
            models.BooleanField(
                default=False,
                help_text="One of its files has said something new of its patient since the studies of her ID were "
                "arranged.",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
