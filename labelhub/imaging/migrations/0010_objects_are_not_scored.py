"""The model takes no dose, mask or map that was taken for an image: the first image of the case, or nothing, instead.

Versions, which say what was read, stay as they are.
"""

from django.db import migrations

READ = ("", "for_processing")
CHUNK = 2_000


def choose_images(apps, schema_editor):
    instances, cases = apps.get_model("imaging", "Instance").objects, apps.get_model("imaging", "Case").objects
    objects = instances.filter(is_eligible=True).exclude(kind__in=READ)
    case_ids = list(objects.values_list("case_id", flat=True).distinct())
    objects.update(is_eligible=False)
    for start in range(0, len(case_ids), CHUNK):
        chunk = cases.filter(id__in=case_ids[start : start + CHUNK]).select_related("current_version")
        for case in chunk.exclude(instances__is_eligible=True):
            listed = [entry["instance"] for entry in case.current_version.manifest]
            images = {str(row.id) for row in instances.filter(id__in=listed, kind__in=READ).only("id")}
            first = next((name for name in listed if name in images), None)
            if first is None:
                cases.filter(id=case.id).update(has_eligible_instance=False)
            else:
                instances.filter(id=first).update(is_eligible=True)


class Migration(migrations.Migration):
    dependencies = [("imaging", "0009_thumbnails")]

    operations = [migrations.RunPython(choose_images, migrations.RunPython.noop)]
