"""The doors of this room."""

from django.urls import include, path

from market.payments.fees import views as fees
from market.payments.online import views as online
from market.payments.settlements import views as settlements
from market.payments.views import books, deliveries, desk, payer, rates

urlpatterns = [
    path("fees/", fees.calculator, name="fees"),
    path("", include("market.payments.invoices.urls")),
    path("", include("market.payments.bank.urls")),
    path("", include("market.payments.arrears.urls")),
    path("payments/<str:code>/", payer.charge, name="charge"),
    path("payments/<str:code>/online/", online.pay, name="charge-online"),
    path("stripe/webhook/", online.webhook, name="stripe-webhook"),
    path("me/payments/", payer.mine, name="my-payments"),
    path("me/payments/account/", online.account, name="stripe-account"),
    path("desk/payments/", desk.charges, name="desk-payments"),
    path("desk/payments/<str:code>/", desk.charge, name="desk-payment"),
    path("desk/payments/<str:code>/not-found/", desk.not_found, name="desk-payment-not-found"),
    path("desk/payouts/", desk.payouts, name="desk-payouts"),
    path("desk/payouts/<str:code>/", desk.payout, name="desk-payout"),
    path("desk/payouts/<str:code>/approve/", desk.approve, name="desk-payout-approve"),
    path("desk/payouts/<str:code>/release/", online.release, name="desk-payout-release"),
    path("desk/disputes/", online.disputes, name="desk-disputes"),
    path("desk/disputes/<str:code>/", online.dispute, name="desk-dispute"),
    path("desk/settlements/", settlements.settlements, name="desk-settlements"),
    path("desk/settlements/<str:code>/", settlements.settlement, name="settlement"),
    path("desk/settlements/<str:code>/claims/<str:kind>/", settlements.claim, name="settlement-claim"),
    path("desk/settlements/<str:code>/claims/<int:number>/drop/", settlements.drop, name="settlement-claim-drop"),
    path("desk/books/", books.books, name="desk-books"),
    path("desk/books/platform/", rates.platform, name="platform-books"),
    path("desk/rates/", rates.rates, name="desk-rates"),
    path("desk/rates/<int:pk>/withdraw/", rates.withdraw, name="desk-rate-withdraw"),
    path("desk/books/journal.<str:form>", books.journal, name="desk-journal"),
    path("desk/books/trial-balance.<str:form>", books.trial_balance, name="desk-trial-balance"),
    path("desk/books/<str:code>/", books.account, name="desk-account"),
    path("desk/deliveries/", deliveries.deliveries, name="desk-deliveries"),
]
