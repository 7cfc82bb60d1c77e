"""People, organisations and agencies, and who may act for whom."""
