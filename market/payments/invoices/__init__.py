"""Receipts for money that moved, and the tax invoices (发票) of an agency's fees, recorded as they are issued elsewhere."""
