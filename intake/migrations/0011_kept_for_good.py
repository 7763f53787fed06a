
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0010_alerts'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='callforhelp',
            trigger=pgtrigger.compiler.Trigger(name='never_made_a_sample', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN ((NEW."is_sample" AND NOT OLD."is_sample") OR (NEW."is_synthetic" AND NOT OLD."is_synthetic"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='56e0c2f8490879a81e48c53f0c8edce3d2a4b331', operation='UPDATE', pgid='pgtrigger_never_made_a_sample_853b9', table='intake_callforhelp', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='callforhelp',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'these are kept for good';", hash='505815a1571574a3b2af29dff2444b67d75c5966', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_a6a44', table='intake_callforhelp', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'these are kept for good';", hash='37b8891b5e0ba945ac5457bada9cec6c768ec7d6', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_a21a2', table='intake_consent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consenttext',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'these are kept for good';", hash='f9fcc83eb8d28070a04a6f1150e69d86bc7ed40e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_8f075', table='intake_consenttext', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='disclosure',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'these are kept for good';", hash='c009f3a5e79026df2d3e7d6e269c023608e57337', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_f32b4', table='intake_disclosure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reading',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."by_name" IS DISTINCT FROM (NEW."by_name") OR OLD."call_id" IS DISTINCT FROM (NEW."call_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='073f62049e35a92700e474b88ea2d059bae548be', operation='UPDATE', pgid='pgtrigger_never_changed_ddc93', table='intake_reading', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reading',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='70d485025448db743105b921efc9b77273a6fd3f', operation='DELETE', pgid='pgtrigger_kept_84e81', table='intake_reading', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reading',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'these are kept for good';", hash='b0a32c2b7ac20d6370251a278b7643aae4e4ec5a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_b2787', table='intake_reading', when='BEFORE')),
        ),
    ]
