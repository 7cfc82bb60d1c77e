"""The doors of what is owed to an agency."""

from django.urls import path

from market.payments.arrears import views

urlpatterns = [
    path("desk/ageing/", views.ageing, name="desk-ageing"),
    path("desk/ageing/table.<str:form>", views.ageing_table, name="desk-ageing-table"),
    path("desk/ageing/reminders/", views.reminders, name="desk-reminders"),
    path("desk/ageing/<str:code>/", views.debts, name="desk-debts"),
]
