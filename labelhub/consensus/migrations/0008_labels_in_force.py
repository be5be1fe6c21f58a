from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consensus", "0007_cases_in_lists")]

    operations = [
        migrations.AddConstraint(
            "consensuslabel",
            models.UniqueConstraint(
                fields=["in_force_in", "finding", "case_number"],
                include=["value"],
                condition=models.Q(in_force_in__isnull=False),
                name="consensus_one_in_force",
            ),
        ),
        migrations.AddConstraint(
            "consensuslabel",
            models.CheckConstraint(
                condition=models.Q(in_force_in__isnull=True) | models.Q(is_current=True),
                name="consensus_in_force_is_current",
            ),
        ),
    ]
