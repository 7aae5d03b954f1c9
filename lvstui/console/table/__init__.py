"""Console: the rows of live tables: columns, cursor, scrolling."""
