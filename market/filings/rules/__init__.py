"""What is true of filings whatever the database says: the legal next steps and their dates."""
