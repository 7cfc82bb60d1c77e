import django.db.models.deletion
import functools
import market.kernel.clock
import market.kernel.ids
from django.conf import settings
from django.db import migrations, models
from market.kernel.migrating import CreateModels


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('documents', '0001_initial'),
        ('listings', '0001_initial'),
        ('parties', '0001_initial'),
        ('rights', '0001_initial'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Deal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('D',), **{}), editable=False, max_length=16, unique=True)),
                    ('origin', models.CharField(max_length=60, unique=True)),
                    ('listing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='listings.listing')),
                    ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='rights.right')),
                    ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sales', to='parties.party')),
                    ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='purchases', to='parties.party')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='administered_deals', to='parties.party')),
                    ('mode', models.CharField(choices=[('assignment', 'Assignment'), ('licence', 'Licence'), ('open_licence', 'Open licence'), ('equity', 'Contribution for equity'), ('wanted', 'Wanted')], default='assignment', max_length=12)),
                    ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                    ('price_minor', models.BigIntegerField()),
                    ('seller_commission_bp', models.PositiveIntegerField()),
                    ('buyer_premium_bp', models.PositiveIntegerField()),
                    ('rounding', models.CharField(default='half-up', max_length=20)),
                    ('state', models.CharField(choices=[('formed', 'Formed'), ('confirmed', 'Sale confirmation signed'), ('signed', 'Contract signed'), ('paid', 'Paid into escrow'), ('filed', 'Filed at the office'), ('title_passed', 'Title passed'), ('settled', 'Settled'), ('closed', 'Closed'), ('defaulted', 'Defaulted'), ('rescinded', 'Rescinded'), ('annulled', 'Annulled'), ('refused', 'Refused by the office')], default='formed', max_length=14)),
                    ('formed_at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('due_on', models.DateField(null=True, verbose_name='next step due on')),
                    ('title_passed_on', models.DateField(null=True)),
                    ('facts_on_record', models.JSONField(blank=True, default=dict)),
                ],
                options={
                    'ordering': ('-pk',),
                    'constraints': [models.CheckConstraint(condition=models.Q(('price_minor__gt', 0)), name='deal_price_is_positive'), models.CheckConstraint(condition=models.Q(('seller', models.F('buyer')), _negated=True), name='deal_joins_two_parties'), models.UniqueConstraint(condition=models.Q(('mode', 'assignment'), models.Q(('state__in', ['closed', 'defaulted', 'rescinded', 'annulled']), _negated=True)), fields=('right',), name='one_live_assignment_per_right')],
                },
            ),
            migrations.CreateModel(
                name='Hold',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='deals.deal')),
                    ('ref', models.CharField(max_length=60)),
                    ('reason', models.CharField(max_length=40)),
                    ('placed_at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('placed_by', models.CharField(max_length=60)),
                    ('released_at', models.DateTimeField(null=True)),
                    ('released_by', models.CharField(blank=True, max_length=60)),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [models.UniqueConstraint(fields=('deal', 'ref'), name='one_hold_per_deal_and_ref'), models.CheckConstraint(condition=models.Q(models.Q(('released_at', None), ('released_by', '')), models.Q(('released_at__isnull', False), models.Q(('released_by', ''), _negated=True)), _connector='OR'), name='released_hold_names_who')],
                },
            ),
            migrations.CreateModel(
                name='Paper',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='deals.deal')),
                    ('kind', models.CharField(choices=[('confirmation', 'Sale confirmation'), ('contract', 'Assignment contract')], max_length=14)),
                    ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.version')),
                    ('terms', models.JSONField()),
                    ('created_at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [models.UniqueConstraint(fields=('deal', 'kind'), name='one_paper_per_deal_and_kind')],
                },
            ),
            migrations.CreateModel(
                name='Signature',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='deals.paper')),
                    ('role', models.CharField(choices=[('seller', 'Assignor'), ('buyer', 'Assignee'), ('agency', 'Agency')], max_length=8)),
                    ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('statement', models.TextField()),
                    ('sha256', models.CharField(max_length=64)),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [models.UniqueConstraint(fields=('paper', 'role'), name='one_signature_per_paper_and_role')],
                },
            ),
        ]),
    ]
