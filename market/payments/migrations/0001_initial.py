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
        ('deals', '0001_initial'),
        ('documents', '0001_initial'),
        ('parties', '0001_initial'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Charge',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('C',), **{}), editable=False, max_length=16, unique=True)),
                    ('reference', models.CharField(max_length=16, unique=True, verbose_name='payment reference')),
                    ('purpose', models.CharField(choices=[('deposit', 'Bid deposit'), ('price', 'Purchase price')], max_length=8)),
                    ('subject', models.CharField(max_length=60)),
                    ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='parties.party')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='collected_charges', to='parties.party')),
                    ('account', models.CharField(max_length=60)),
                    ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                    ('amount_minor', models.BigIntegerField()),
                    ('state', models.CharField(choices=[('due', 'To be paid'), ('reported', 'Payment reported'), ('confirmed', 'Received'), ('cancelled', 'Cancelled')], default='due', max_length=10)),
                    ('due_at', models.DateTimeField()),
                    ('reported_number', models.CharField(blank=True, max_length=60)),
                    ('reported_at', models.DateTimeField(null=True)),
                    ('proof', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.version')),
                    ('remark', models.CharField(blank=True, max_length=300)),
                    ('bank_reference', models.CharField(blank=True, max_length=60, verbose_name='bank transaction number')),
                    ('received_on', models.DateField(null=True)),
                    ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('created_at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('-pk',),
                    'indexes': [models.Index(fields=['agency', 'state', 'due_at'], name='charge_queue'), models.Index(fields=['payer', 'state', 'due_at'], name='charge_waiting')],
                    'constraints': [models.UniqueConstraint(fields=('subject', 'purpose'), name='one_charge_per_subject_and_purpose'), models.UniqueConstraint(condition=models.Q(('bank_reference', ''), _negated=True), fields=('agency', 'bank_reference'), name='bank_transaction_counts_once'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='charge_is_positive'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'confirmed'), _negated=True), models.Q(models.Q(('bank_reference', ''), _negated=True), ('received_on__isnull', False)), _connector='OR'), name='confirmed_charge_names_its_transaction')],
                },
            ),
            migrations.CreateModel(
                name='Settlement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('deal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='settlement', to='deals.deal')),
                    ('state', models.CharField(choices=[('prepared', 'Prepared'), ('posted', 'Posted')], default='prepared', max_length=10)),
                    ('statement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.version')),
                    ('prepared_at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('posted_at', models.DateTimeField(null=True)),
                    ('posted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ('-pk',),
                },
            ),
            migrations.CreateModel(
                name='SettlementLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payments.settlement')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('kind', models.CharField(choices=[('premium', "Buyer's premium"), ('commission', "Seller's commission"), ('proceeds', 'Proceeds of the right holder')], max_length=12)),
                    ('payee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                    ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                    ('amount_minor', models.BigIntegerField()),
                    ('formula', models.CharField(max_length=120)),
                    ('source', models.CharField(choices=[('commission', 'Commission as agreed with each side (Auction Law, article 56)'), ('contract', 'The assignment contract'), ('shares', 'The assignment contract, by the shares in the register')], max_length=20)),
                ],
                options={
                    'ordering': ('settlement', 'number'),
                    'constraints': [models.UniqueConstraint(fields=('settlement', 'number'), name='settlement_line_number_once'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='settlement_line_is_positive')],
                },
            ),
            migrations.CreateModel(
                name='Payout',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('O',), **{}), editable=False, max_length=16, unique=True)),
                    ('ref', models.CharField(max_length=120, unique=True)),
                    ('purpose', models.CharField(choices=[('refund', 'Deposit refund'), ('proceeds', 'Proceeds'), ('commission', 'Commission')], max_length=10)),
                    ('subject', models.CharField(db_index=True, max_length=60)),
                    ('payee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='parties.party')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sent_payouts', to='parties.party')),
                    ('account', models.CharField(max_length=60)),
                    ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                    ('amount_minor', models.BigIntegerField()),
                    ('state', models.CharField(choices=[('due', 'To be approved'), ('approved', 'To be sent'), ('sent', 'Sent')], default='due', max_length=8)),
                    ('due_at', models.DateTimeField()),
                    ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('approved_at', models.DateTimeField(null=True)),
                    ('approval_sha256', models.CharField(blank=True, max_length=64)),
                    ('bank_reference', models.CharField(blank=True, max_length=60, verbose_name='bank transaction number')),
                    ('sent_on', models.DateField(null=True)),
                    ('sent_to', models.CharField(blank=True, max_length=160)),
                    ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('created_at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('-pk',),
                    'indexes': [models.Index(fields=['agency', 'state', 'due_at'], name='payout_queue')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('bank_reference', ''), _negated=True), fields=('agency', 'bank_reference'), name='payout_transaction_counts_once'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='payout_is_positive'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), models.Q(models.Q(('bank_reference', ''), _negated=True), ('sent_on__isnull', False)), _connector='OR'), name='sent_payout_names_its_transaction'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), models.Q(('approved_by__isnull', False), models.Q(('approved_by', models.F('sent_by')), _negated=True)), _connector='OR'), name='payout_sent_by_a_second_person')],
                },
            ),
        ]),
    ]
