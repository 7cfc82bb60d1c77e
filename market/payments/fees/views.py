"""The public calculator: what a sale costs each side, and by which law."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from market.deals.rules import figures
from market.payments.fees.forms import CalculatorForm


@require_safe
def calculator(request: HttpRequest) -> HttpResponse:
    """A form whose answer is its own address, to be sent to the other side."""
    asked = "price" in request.GET
    form = CalculatorForm(request.GET) if asked else CalculatorForm(initial={"seller": "3", "buyer": "5"})
    quote, status = None, 200
    if asked:
        if form.is_valid():
            said = form.cleaned_data
            quote = figures.quote(said["price"], seller=said["seller"], buyer=said["buyer"])
        else:
            status = 422
    return render(request, "payments/fees.html", {"form": form, "quote": quote}, status=status)
