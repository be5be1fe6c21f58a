"""A patient who was joined lies in the split of whom she was joined to: files that come later are hers at first."""

from django.db import migrations


def follow(apps, schema_editor):
    patients = apps.get_model("imaging", "Patient").objects
    joined_to = dict(patients.filter(joined_to__isnull=False).values_list("id", "joined_to"))
    for patient_id in joined_to:
        person, passed = patient_id, set()
        while person in joined_to and person not in passed:
            passed.add(person)
            person = joined_to[person]
        patients.filter(id=patient_id).update(split=patients.values_list("split", flat=True).get(id=person))


class Migration(migrations.Migration):
    dependencies = [("imaging", "0017_who_issued_the_id")]

    operations = [migrations.RunPython(follow, migrations.RunPython.noop)]
