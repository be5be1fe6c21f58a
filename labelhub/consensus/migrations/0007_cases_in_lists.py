"""Cases are found by the labels that count; lists go by how many findings their reads differ on."""

import django.db.models.deletion
from django.db import migrations, models

DISCORDANT = """
UPDATE reading_caseround SET n_discordant = t.n FROM (
    SELECT case_round_id, COUNT(*) AS n FROM consensus_discordance GROUP BY case_round_id
) AS t WHERE t.case_round_id = reading_caseround.id
"""
NUMBERS = """
UPDATE consensus_consensuslabel SET case_number = cr.case_number
FROM reading_caseround AS cr WHERE cr.id = consensus_consensuslabel.case_round_id
"""
# The newest closed round of labels that has a label of the finding; while none is closed, the newest.
IN_FORCE = """
UPDATE consensus_consensuslabel SET in_force_in_id = t.project_id FROM (
    SELECT l.id, r.project_id, ROW_NUMBER() OVER (
        PARTITION BY cr.case_id, l.finding ORDER BY (cr.closed_at IS NULL), r.number DESC
    ) AS n
    FROM consensus_consensuslabel AS l JOIN reading_caseround AS cr ON cr.id = l.case_round_id
    JOIN reading_round AS r ON r.id = cr.round_id WHERE l.is_current AND r.purpose = 'labels'
) AS t WHERE t.id = consensus_consensuslabel.id AND t.n = 1
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consensus", "0006_reasons_of_figures"),
        ("projects", "0001_initial"),
        ("reading", "0019_cases_in_lists_indexes"),
    ]

    operations = [
        migrations.AddField(
            "consensuslabel",
            "in_force_in",
            models.ForeignKey(
                db_index=False,
                help_text="Set in the one label of a case and finding that counts, whatever rounds have asked it.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="projects.project",
            ),
        ),
        migrations.AddField(
            "consensuslabel",
            "case_number",
            models.PositiveIntegerField(
                default=0, help_text="So that cases are found by their labels in order."
            ),
            preserve_default=False,
        ),
        *(
            migrations.RunSQL(statement, migrations.RunSQL.noop)
            for statement in (DISCORDANT, NUMBERS, IN_FORCE)
        ),
    ]
