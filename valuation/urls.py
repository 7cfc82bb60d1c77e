"""The doors of this room."""

from django.urls import path

from valuation.portfolios import views as portfolios
from valuation.quality import views as quality
from valuation.statutory import views as statutory
from valuation.views import comparables, compare, workbench

urlpatterns = [
    path("valuations/", workbench.appraisals, name="appraisals"),
    path("valuations/compare/", compare.compare, name="appraisals-compare"),
    path("valuations/comparables/<str:method>/<str:form>/", comparables.template, name="comparables-template"),
    path("valuations/portfolios/<str:code>/", portfolios.portfolio, name="portfolio-value"),
    path("valuations/runs/<str:code>/", portfolios.run, name="valuation-run"),
    path("valuations/runs/<str:code>/state/", portfolios.state, name="valuation-run-state"),
    path("valuations/score/<str:code>/", quality.new, name="score"),
    path("valuations/scorings/<str:code>/", quality.scoring, name="scoring"),
    path("appraisals/", statutory.engagements, name="engagements"),
    path("appraisals/of/<str:code>/", statutory.engage, name="engage"),
    path("appraisals/reports/<str:code>/", statutory.report, name="statutory-report"),
    path("appraisals/reports/<str:code>/fulfil/", statutory.fulfil, name="statutory-fulfil"),
    path("appraisals/reports/<str:code>/reserve/", statutory.reserve, name="statutory-reserve"),
    path("appraisals/<str:code>/", statutory.engagement, name="engagement"),
    path("valuations/of/<str:code>/", workbench.new, name="appraisal-new"),
    path("valuations/<str:code>/", workbench.appraisal, name="appraisal"),
    path("valuations/<str:code>/report.pdf", workbench.report_pdf, name="appraisal-pdf"),
    path("valuations/<str:code>/report.xlsx", workbench.report_xlsx, name="appraisal-xlsx"),
    path("valuations/<str:code>/next/", workbench.follow, name="appraisal-next"),
]
