"""Portfolios: patents and the marks that protect their products, held, looked at and sold as one subject."""
