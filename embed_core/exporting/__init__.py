"""What was learned, in the files of others: one exporter a file, and the registry of them."""
