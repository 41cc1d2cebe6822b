"""A process that reads what strangers bring: it may die, and what it has read comes back as Parquet."""
