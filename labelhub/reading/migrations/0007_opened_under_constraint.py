from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from the filling: PostgreSQL alters no table with rows just changed in the same transaction."""

    dependencies = [("reading", "0006_fill_opened_under")]
    operations = [
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(opened_at__isnull=True)
                | models.Q(schema__isnull=False, protocol__isnull=False),
                name="assignment_opened_under",
            ),
        ),
    ]
