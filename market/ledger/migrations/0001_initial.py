import django.db.models.deletion
import market.kernel.clock
from django.db import migrations, models
from market.kernel.migrating import CreateModels


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Account',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=60, unique=True)),
                    ('kind', models.CharField(choices=[('asset', 'Asset'), ('liability', 'Liability'), ('income', 'Income')], max_length=10)),
                    ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                    ('overdraft', models.BooleanField(default=False)),
                    ('opened_at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('code',),
                    'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['asset', 'liability', 'income'])), name='account_kind_known'), models.CheckConstraint(condition=models.Q(('overdraft', False), ('kind', 'asset'), _connector='OR'), name='only_assets_are_overdrawn')],
                },
            ),
            migrations.CreateModel(
                name='Hold',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ref', models.CharField(max_length=120, unique=True)),
                    ('debit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss_out', to='ledger.account')),
                    ('credit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss_in', to='ledger.account')),
                    ('amount_minor', models.BigIntegerField()),
                    ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                    ('memo', models.CharField(max_length=200)),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('pk',),
                    'abstract': False,
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='hold_amount_is_positive'), models.CheckConstraint(condition=models.Q(('debit', models.F('credit')), _negated=True), name='hold_joins_two_accounts')],
                },
            ),
            migrations.CreateModel(
                name='Transfer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ref', models.CharField(max_length=120, unique=True)),
                    ('debit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss_out', to='ledger.account')),
                    ('credit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss_in', to='ledger.account')),
                    ('amount_minor', models.BigIntegerField()),
                    ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                    ('memo', models.CharField(max_length=200)),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('hold', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posting', to='ledger.hold')),
                ],
                options={
                    'ordering': ('pk',),
                    'abstract': False,
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='transfer_amount_is_positive'), models.CheckConstraint(condition=models.Q(('debit', models.F('credit')), _negated=True), name='transfer_joins_two_accounts')],
                },
            ),
            migrations.CreateModel(
                name='Void',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('hold', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='void', to='ledger.hold')),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
            ),
        ]),
    ]
