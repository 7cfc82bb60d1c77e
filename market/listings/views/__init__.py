"""The doors of the listings: the catalogue, the asset page, selling, the review, the import."""
