"""Console: the single lines above and below the panes."""
