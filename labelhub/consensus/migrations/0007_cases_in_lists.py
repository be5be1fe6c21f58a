"""Cases are found by a finding's label, and listed by how many findings their reads differ on."""

from django.db import migrations, models

DISCORDANT = """
UPDATE reading_caseround SET n_discordant = t.n FROM (
    SELECT case_round_id, COUNT(*) AS n FROM consensus_discordance GROUP BY case_round_id
) AS t WHERE t.case_round_id = reading_caseround.id
"""


class Migration(migrations.Migration):
    dependencies = [("consensus", "0006_reasons_of_figures"), ("reading", "0019_cases_in_lists_indexes")]

    operations = [
        migrations.RunSQL(DISCORDANT, migrations.RunSQL.noop),
        migrations.AddIndex(
            "consensuslabel",
            models.Index(
                fields=["finding", "value", "case_round"],
                condition=models.Q(is_current=True),
                name="consensus_finding",
            ),
        ),
    ]
