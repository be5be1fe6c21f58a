import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imaging", "0011_model_input")]

    operations = [
        migrations.AddField(
            "patient",
            "joined_to",
            models.ForeignKey(
                help_text="The same person, who has the studies of both now.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="joined",
                to="imaging.patient",
            ),
        ),
        migrations.AddField(
            "study",
            "named_by",
            models.CharField(
                blank=True,
                choices=[("file", "File"), ("table", "Table"), ("manager", "Manager")],
                default="",
                help_text="Who said whose it is; empty: nobody, or imported before this was kept.",
                max_length=8,
            ),
            preserve_default=False,
        ),
    ]
