"""The doors of this room."""

from django.urls import path

from valuation.views import compare, workbench

urlpatterns = [
    path("valuations/", workbench.appraisals, name="appraisals"),
    path("valuations/compare/", compare.compare, name="appraisals-compare"),
    path("valuations/of/<str:code>/", workbench.new, name="appraisal-new"),
    path("valuations/<str:code>/", workbench.appraisal, name="appraisal"),
    path("valuations/<str:code>/report.pdf", workbench.report_pdf, name="appraisal-pdf"),
    path("valuations/<str:code>/report.xlsx", workbench.report_xlsx, name="appraisal-xlsx"),
    path("valuations/<str:code>/next/", workbench.follow, name="appraisal-next"),
]
