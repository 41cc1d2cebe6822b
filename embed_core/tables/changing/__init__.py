"""What a person changes of a table before it is learned from: which rows count, how values are spelled."""
