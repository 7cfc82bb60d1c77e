"""Plans of rewards, their statements and what units earned; what was stated of dividends and earned is never changed."""

import django.db.models.deletion
import functools
import market.equity.fields
import market.kernel.clock
import market.kernel.ids
from django.db import migrations, models
from market.kernel.migrating import CreateModels, Kept


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0001_initial'),
        ('equity', '0002_dividend_rights'),
        ('parties', '0001_initial'),
        ('rights', '0006_overdue_reminded'),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name='RewardPlan',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('W',), **{}), editable=False, max_length=16, unique=True)),
                        ('ground', models.CharField(choices=[('contract', 'Contract with the inventors'), ('unit_rule', 'Published rule of the unit'), ('statute', 'The law, as nothing was agreed')], max_length=10)),
                        ('transfer_part', market.equity.fields.PartField(max_length=80)),
                        ('equity_part', market.equity.fields.PartField(max_length=80)),
                        ('profit_part', market.equity.fields.PartField(max_length=80)),
                        ('profit_years', models.PositiveSmallIntegerField()),
                        ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                        ('award_minor', models.BigIntegerField()),
                        ('award_due_on', models.DateField(null=True)),
                        ('state', models.CharField(choices=[('public', 'Being publicised'), ('objected', 'Objection to be settled'), ('in_force', 'In force'), ('ended', 'Ended')], default='public', max_length=8)),
                        ('published_on', models.DateField()),
                        ('public_until', models.DateField()),
                        ('remark', models.TextField(blank=True)),
                        ('made_at', models.DateTimeField(default=market.kernel.clock.now)),
                        ('paper', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.version')),
                        ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reward_plans', to='rights.right')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reward_plans', to='parties.party')),
                    ],
                    options={
                        'ordering': ('-pk',),
                    },
                ),
                migrations.CreateModel(
                    name='Reward',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('award', 'Award for the grant'), ('transfer', 'Transfer'), ('licence', 'Licence'), ('profit', 'Profit of own use')], max_length=8)),
                        ('ref', models.CharField(max_length=60)),
                        ('part', market.equity.fields.PartField(max_length=80)),
                        ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                        ('base_minor', models.BigIntegerField()),
                        ('amount_minor', models.BigIntegerField()),
                        ('due_on', models.DateField()),
                        ('by_market', models.BooleanField(default=False)),
                        ('paid_on', models.DateField(null=True)),
                        ('stated_at', models.DateTimeField(default=market.kernel.clock.now)),
                        ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='parties.party')),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='equity.rewardplan')),
                    ],
                    options={
                        'ordering': ('-pk',),
                    },
                ),
                migrations.CreateModel(
                    name='RewardShare',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('part', market.equity.fields.PartField(max_length=80)),
                        ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reward_shares', to='parties.party')),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='people', to='equity.rewardplan')),
                    ],
                    options={
                        'ordering': ('pk',),
                    },
                ),
                migrations.CreateModel(
                    name='Income',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('way', models.CharField(choices=[('transfer', 'Transfer'), ('licence', 'Licence'), ('equity', 'Contribution for equity')], max_length=8)),
                        ('ref', models.CharField(max_length=60)),
                        ('title', models.CharField(max_length=300)),
                        ('number', models.CharField(max_length=60)),
                        ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                        ('amount_minor', models.BigIntegerField()),
                        ('inventors_minor', models.BigIntegerField()),
                        ('on', models.DateField()),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='result_income', to='parties.party')),
                    ],
                    options={
                        'ordering': ('on', 'pk'),
                        'indexes': [models.Index(fields=['unit', 'on'], name='income_of_a_year')],
                        'constraints': [models.UniqueConstraint(fields=('unit', 'ref'), name='income_counts_once')],
                    },
                ),
            ]
        ),
        Kept("equity", {"equity_dividendstatement": ["id"], "equity_income": ["id"]}),
        migrations.AlterField(
            model_name='declaration',
            name='state',
            field=models.CharField(choices=[('declared', 'Dividend declared'), ('paid', 'Paid')], default='declared', max_length=8),
        ),
        migrations.AddConstraint(
            model_name='rewardplan',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['public', 'objected', 'in_force'])), fields=('right', 'unit'), name='one_live_reward_plan_per_right_and_unit'),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.UniqueConstraint(fields=('plan', 'ref', 'party'), name='one_reward_per_person_and_source'),
        ),
        migrations.AddConstraint(
            model_name='rewardshare',
            constraint=models.UniqueConstraint(fields=('plan', 'party'), name='inventor_once_per_plan'),
        ),
    ]
