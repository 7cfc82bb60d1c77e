"""The roof: settings, urls, asgi, wiring; composition only."""
