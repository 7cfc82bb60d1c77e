"""Money through Stripe: charges paid on its page, refunds and transfers out, disputes, webhooks, the nightly comparison."""
