from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imaging", "0013_what_files_say_of_a_patient")]

    operations = [
        migrations.AddField(
            "importfile",
            "listed",
            models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(outcome="rejected", then=0),
                    models.When(warnings=[], then=2),
                    default=1,
                ),
                output_field=models.PositiveSmallIntegerField(
                    choices=[(0, "Rejected"), (1, "Warned"), (2, "Rest")]
                ),
            ),
        ),
        migrations.RemoveIndex("importfile", "import_file_outcome"),
        migrations.AddIndex(
            "importfile", models.Index(fields=["batch", "listed", "position"], name="import_file_page")
        ),
        migrations.AddIndex(
            "importfile",
            models.Index(fields=["batch", "outcome", "listed", "position"], name="import_file_outcome_page"),
        ),
        migrations.AddIndex(
            "case", models.Index(fields=["project", "split", "number"], name="case_split_page")
        ),
    ]
