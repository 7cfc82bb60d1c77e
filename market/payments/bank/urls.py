"""The doors of the reconciliation desk."""

from django.urls import path

from market.payments.bank.views import imports, releases, suspense

urlpatterns = [
    path("desk/bank/", imports.desk, name="bank-desk"),
    path("desk/bank/accounts/", imports.open_account, name="bank-account"),
    path("desk/bank/files/", imports.hand_in, name="bank-hand-in"),
    path("desk/bank/files/<str:code>/", imports.file, name="bank-file"),
    path("desk/bank/lines/", suspense.lines, name="bank-lines"),
    path("desk/bank/lines/<str:code>/", suspense.line, name="bank-line"),
    path("desk/bank/lines/<str:code>/<str:verb>/", suspense.decide, name="bank-decide"),
    path("desk/bank/payments/", releases.releases, name="bank-releases"),
    path("desk/bank/payments/<str:code>/", releases.release, name="bank-release"),
    path("desk/bank/payments/<str:code>/file.xml", releases.content, name="bank-release-file"),
]
