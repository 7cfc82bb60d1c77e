"""A licence may have no price: it is paid for in royalties alone."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ('deals', '0008_open_licences'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='deal', name='deal_price_is_positive'),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.CheckConstraint(
                condition=Q(('price_minor__gt', 0), Q(('mode', 'licence'), ('price_minor', 0)), _connector='OR'),
                name='deal_has_a_price_or_royalties',
            ),
        ),
    ]
