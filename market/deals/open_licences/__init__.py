"""Open licences (专利法 50-52): a patentee declares a fee, and whoever gives notice and pays it has a licence."""
