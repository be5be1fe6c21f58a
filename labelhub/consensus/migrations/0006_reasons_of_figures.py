"""Each figure of agreement has its own reason. What was kept is forgotten: the next tick computes it anew."""

from django.db import migrations


def forget(apps, schema_editor):
    for name in ("RoundStatistics", "ProjectStatistics"):
        apps.get_model("consensus", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("consensus", "0005_round_statistics")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
