"""What licences earn: terms of payment, reports of use, and the statement of each period."""
