import django.db.models.deletion
import functools
import market.documents.vault
import market.kernel.clock
import market.kernel.ids
from django.conf import settings
from django.db import migrations, models
from market.kernel.migrating import CreateModels


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('parties', '0001_initial'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Document',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('X',), **{}), editable=False, max_length=16, unique=True)),
                    ('subject', models.CharField(db_index=True, max_length=60)),
                    ('kind', models.CharField(max_length=30)),
                    ('title', models.CharField(max_length=160)),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='parties.party')),
                    ('level', models.CharField(choices=[('public', 'Everyone'), ('members', 'Signed-in users'), ('private', 'Named parties only')], default='private', max_length=10)),
                    ('created_at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('readers', models.ManyToManyField(blank=True, related_name='readable_documents', to='parties.party')),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [models.UniqueConstraint(fields=('subject', 'kind', 'title', 'owner'), name='document_once_per_owner')],
                },
            ),
            migrations.CreateModel(
                name='Version',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='documents.document')),
                    ('number', models.PositiveIntegerField()),
                    ('file', models.FileField(max_length=200, storage=market.documents.vault.storage, upload_to=market.documents.vault.place)),
                    ('name', models.CharField(max_length=160)),
                    ('content_type', models.CharField(max_length=80)),
                    ('size', models.PositiveBigIntegerField()),
                    ('sha256', models.CharField(max_length=64)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('document', 'number'),
                    'constraints': [models.UniqueConstraint(fields=('document', 'number'), name='version_number_once_per_document')],
                },
            ),
        ]),
    ]
