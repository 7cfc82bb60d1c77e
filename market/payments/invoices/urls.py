"""The doors of receipts and invoices."""

from django.urls import path

from market.payments.invoices import views

urlpatterns = [
    path("me/invoices/", views.mine, name="my-invoices"),
    path("me/invoices/bearer/", views.bearer, name="invoice-bearer"),
    path("invoices/<str:code>/statement.pdf", views.statement, name="invoice-statement"),
    path("desk/invoices/", views.invoices, name="desk-invoices"),
    path("desk/invoices/due.<str:form>", views.due_table, name="desk-invoices-table"),
    path("desk/invoices/taxes/", views.taxes, name="desk-taxes"),
    path("desk/invoices/fee/", views.fee, name="desk-fee"),
    path("desk/invoices/<str:code>/", views.invoice, name="desk-invoice"),
    path("desk/invoices/<str:code>/reverse/", views.reverse, name="desk-invoice-reverse"),
    path("desk/invoices/<str:code>/anew/", views.anew, name="desk-invoice-anew"),
]
