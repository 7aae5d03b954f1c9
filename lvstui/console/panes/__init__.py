"""Console: one file a pane of the main screen."""
