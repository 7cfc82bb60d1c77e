"""Files with versions and hashes, and the PDFs we write ourselves."""
