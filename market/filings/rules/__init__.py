"""What is true of filings whatever the database says: the legal next steps, their dates, the request form, the pack."""
