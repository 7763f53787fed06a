import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("articles", "0004_dates_of_what_was_signed")]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='callout',
            trigger=pgtrigger.compiler.Trigger(name='words_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; standing text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO standing FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF standing <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='70d3bd3f717f692cefc2de72a366058990d11238', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_words_are_frozen_58aef', table='articles_callout', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='callout',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'editions are kept for good';", hash='b85ed709fa26b5ab268f8d03c5adc3688d4af0dd', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_eedfb', table='articles_callout', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='edition',
            trigger=pgtrigger.compiler.Trigger(name='state_moves_by_steps', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{draft:in_review,in_review:draft,in_review:signed_off,signed_off:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='f46528886010414388c85d90611203bbe3277d31', operation='UPDATE', pgid='pgtrigger_state_moves_by_steps_ee2c1', table='articles_edition', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='edition',
            trigger=pgtrigger.compiler.Trigger(name='begins_as_a_draft', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."state" IS DISTINCT FROM \'draft\')', func="RAISE EXCEPTION 'an edition begins as a draft';", hash='68d4e20361161182e19abb77fe7bcbbf12d80e6e', operation='INSERT', pgid='pgtrigger_begins_as_a_draft_affb8', table='articles_edition', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='edition',
            trigger=pgtrigger.compiler.Trigger(name='words_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM \'draft\')', declare='DECLARE free text[];', func="\n            free := CASE OLD.state\n                WHEN 'in_review' THEN ARRAY['state', 'note', 'reviewer_id', 'signed_as', 'signed_off_by_id', 'signed_off_at', 'publish_at', 'reviewed_on', 'review_due_on', 'fingerprint', 'card', 'search'] ELSE ARRAY['state', 'withdrawn_by_id', 'withdrawn_at', 'search'] END;\n            IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free THEN\n                RAISE EXCEPTION 'edition % is frozen', OLD.id;\n            END IF;\n            RETURN NEW;\n        ", hash='269484561cdedb80ce4636bb3065132e4cfd9c90', operation='UPDATE', pgid='pgtrigger_words_are_frozen_6996b', table='articles_edition', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='edition',
            trigger=pgtrigger.compiler.Trigger(name='kept_for_good', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM \'draft\')', func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='117f3cd06c7c1a84addea8dff3a92f440bca03e0', operation='DELETE', pgid='pgtrigger_kept_for_good_74608', table='articles_edition', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='edition',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'editions are kept for good';", hash='62d3171b9ad6a83f645e466d5b49b92536fc511f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_2e589', table='articles_edition', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='figure',
            trigger=pgtrigger.compiler.Trigger(name='words_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; standing text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO standing FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF standing <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='ab5ee05f319a3743d3287be3feb24a8922863c18', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_words_are_frozen_a0324', table='articles_figure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='figure',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'editions are kept for good';", hash='6703cade030eb6be389cfd60ed556c8b6aa34157', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_05610', table='articles_figure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='keyfacts',
            trigger=pgtrigger.compiler.Trigger(name='words_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; standing text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO standing FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF standing <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='ed147ad1056532a651746b09407527825a4f4d70', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_words_are_frozen_69502', table='articles_keyfacts', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='keyfacts',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'editions are kept for good';", hash='5ae300e2a2227f5b5c51f6dcbcd591fdf27782dc', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_77806', table='articles_keyfacts', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='picture',
            trigger=pgtrigger.compiler.Trigger(name='shown_as_signed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."alt" IS DISTINCT FROM (NEW."alt") OR OLD."credit" IS DISTINCT FROM (NEW."credit") OR OLD."image" IS DISTINCT FROM (NEW."image"))', func="\n            IF EXISTS (\n                SELECT FROM articles_figure JOIN articles_edition ON articles_edition.id = articles_figure.parent_id\n                WHERE articles_figure.picture_id = OLD.id AND articles_edition.state <> 'draft'\n            ) THEN\n                RAISE EXCEPTION 'picture % stands in words that are frozen', OLD.id;\n            END IF;\n            RETURN NEW;\n        ", hash='8b15b650db7fc6e6abbb315f464169e1477e75bc', operation='UPDATE', pgid='pgtrigger_shown_as_signed_0bfcb', table='articles_picture', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pullquote',
            trigger=pgtrigger.compiler.Trigger(name='words_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; standing text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO standing FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF standing <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='0eae10adcb2d0e6a8c27a3f7e32b922a8ef98db3', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_words_are_frozen_25383', table='articles_pullquote', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pullquote',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'editions are kept for good';", hash='59704c44d3ddd959a4c2df5baf7a9be0eddfbe94', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_df8d3', table='articles_pullquote', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='words_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; standing text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.edition_id, NEW.edition_id] LOOP\n                    SELECT state INTO standing FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF standing <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='8110a74cfd248905c82d4a36a1bcc775a50eb5ba', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_words_are_frozen_6f234', table='articles_source', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'editions are kept for good';", hash='5eb171c02cd94aa848fcc1b2b5f8f62f34f127ed', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_a6656', table='articles_source', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='text',
            trigger=pgtrigger.compiler.Trigger(name='words_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; standing text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO standing FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF standing <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='3c13821d9dda21d41c38d75bc546f8ffcdea9398', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_words_are_frozen_88640', table='articles_text', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='text',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'editions are kept for good';", hash='e25bf520988ddf1ba5206bb28789426e6f8edf70', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_aac6f', table='articles_text', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review']), models.Q(('publish_at__isnull', False), ('review_due_on__isnull', False), ('reviewed_on__isnull', False), ('reviewer__isnull', False), ('signed_off_at__isnull', False), ('signed_off_by__isnull', False)), _connector='OR'), name='edition_signed_off_in_full'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), ('withdrawn_at__isnull', False)), models.Q(models.Q(('state', 'withdrawn'), _negated=True), ('withdrawn_at__isnull', True)), _connector='OR'), name='edition_withdrawn_with_a_date'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='excuse',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2e3007e56c2427374fac3e465cda06736b99d24a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7e205', table='articles_excuse', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='excuse',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'editions are kept for good';", hash='eab0da414faeddf986bd5ada28dc7e7f75d45151', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_ed92b', table='articles_excuse', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='step',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='699ceb2cd74f86e010d27cd46f29cb472745460f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c9376', table='articles_step', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='step',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'editions are kept for good';", hash='8c32b8d68c8d8379b75b08ec5b047e4030b45d55', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_586a3', table='articles_step', when='BEFORE')),
        ),
    ]
