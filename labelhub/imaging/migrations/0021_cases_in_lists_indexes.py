from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imaging", "0020_fill_cases_in_lists")]

    operations = [
        migrations.AddIndex(
            "instance",
            models.Index(
                fields=["project", "file_name"],
                opclasses=["uuid_ops", "varchar_pattern_ops"],
                condition=~models.Q(file_name=""),
                name="instance_file_name",
            ),
        ),
        migrations.AddIndex(
            "instance",
            models.Index(
                fields=["project", "view_position"],
                condition=~models.Q(view_position=""),
                name="instance_view",
            ),
        ),
        migrations.AddIndex(
            "study",
            models.Index(fields=["project", "site"], condition=~models.Q(site=""), name="study_site"),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["project", "day", "number"],
                condition=models.Q(day__isnull=False),
                name="case_day_page",
            ),
        ),
    ]
