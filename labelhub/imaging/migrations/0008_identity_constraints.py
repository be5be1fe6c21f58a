from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imaging", "0007_fill_identity")]

    operations = [
        migrations.RemoveField("patient", "age_years"),
        migrations.AlterField(
            "case",
            "number",
            models.PositiveIntegerField(
                help_text="Its name for those who steer: 1, 2, 3 ... in the project. Blinded readers never see it."
            ),
        ),
        migrations.AlterField(
            "patient",
            "split_key",
            models.CharField(
                help_text="What the split is drawn from: the HMAC of the source's identifier.", max_length=64
            ),
        ),
        migrations.AddIndex(
            "patient", models.Index(fields=["project", "split_key"], name="patient_split_key")
        ),
        migrations.AddConstraint(
            "case", models.UniqueConstraint(fields=("project", "number"), name="case_number_once")
        ),
    ]
