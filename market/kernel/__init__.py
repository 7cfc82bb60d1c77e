"""Plain Python that every room stands on: money, clock, calendar, ids, states, refusals."""
