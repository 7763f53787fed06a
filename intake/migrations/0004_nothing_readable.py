import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('intake', '0003_seal_what_was_readable')]

    operations = [
        migrations.RemoveField(
            model_name='earlieranswers',
            name='call',
        ),
        migrations.RemoveConstraint(
            model_name='callforhelp',
            name='call_is_reachable',
        ),
        migrations.RemoveField(
            model_name='callforhelp',
            name='email',
        ),
        migrations.RemoveField(
            model_name='callforhelp',
            name='key',
        ),
        migrations.RemoveField(
            model_name='callforhelp',
            name='language',
        ),
        migrations.RemoveField(
            model_name='callforhelp',
            name='leave',
        ),
        migrations.RemoveField(
            model_name='callforhelp',
            name='name',
        ),
        migrations.RemoveField(
            model_name='callforhelp',
            name='phone',
        ),
        migrations.RemoveField(
            model_name='callforhelp',
            name='phone_e164',
        ),
        migrations.RemoveField(
            model_name='callforhelp',
            name='recent',
        ),
        migrations.RemoveField(
            model_name='callforhelp',
            name='story',
        ),
        migrations.RemoveField(
            model_name='callforhelp',
            name='substances',
        ),
        migrations.RemoveField(
            model_name='callforhelp',
            name='times',
        ),
        migrations.RemoveField(
            model_name='callforhelp',
            name='whom',
        ),
        migrations.RemoveField(
            model_name='contact',
            name='note',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='callforhelp',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT OLD."is_sample" AND NOT OLD."is_synthetic")', func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='91c55e981365cff8d9849e20e076cc9c18e4f4fe', operation='DELETE', pgid='pgtrigger_never_deleted_8453b', table='intake_callforhelp', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='callforhelp',
            constraint=models.CheckConstraint(condition=models.Q(('phone_index__isnull', False), ('email_index__isnull', False), ('erased_at__isnull', False), _connector='OR'), name='call_can_be_answered'),
        ),
        migrations.AddConstraint(
            model_name='callforhelp',
            constraint=models.CheckConstraint(condition=models.Q(('erased_at__isnull', True), models.Q(('closed_at__isnull', False), ('email_index', None), ('phone_index', None), ('return_key', b''), ('sealed', b''), ('sealed_back', b'')), _connector='OR'), name='call_erased_whole'),
        ),
        migrations.DeleteModel(
            name='EarlierAnswers',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='133c6e39c8574432d9aef3f017c7ab55db9aef0f', operation='UPDATE', pgid='pgtrigger_never_changed_68f12', table='intake_consent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='032bb1b3095683becd5fe4dfd6ce65d79536dacd', operation='DELETE', pgid='pgtrigger_kept_532de', table='intake_consent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consenttext',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='2596228e0302677ec443df97bee70c5475977e03', operation='UPDATE', pgid='pgtrigger_never_changed_a11d2', table='intake_consenttext', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consenttext',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='05b9fc715af81a9d4df34f839630b051f7583621', operation='DELETE', pgid='pgtrigger_kept_cc7ce', table='intake_consenttext', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='disclosure',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='0d1eb78644716c6ab63a764f23e4447ed26f1e12', operation='UPDATE', pgid='pgtrigger_never_changed_5e3a1', table='intake_disclosure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='disclosure',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='1a0f8df4cfa227f85e561955b51e53e5497e84f9', operation='DELETE', pgid='pgtrigger_kept_9e8f3', table='intake_disclosure', when='BEFORE')),
        ),
        migrations.AlterModelOptions(
            name='callforhelp',
            options={'ordering': ['-created_at'], 'permissions': [('answer_callforhelp', 'Can answer a call for help'), ('keep_callforhelp', 'Can approve erasing and set legal holds'), ('view_figures', 'Can see figures of waiting and answering')], 'verbose_name': 'call for help', 'verbose_name_plural': 'calls for help'},
        ),
    ]
