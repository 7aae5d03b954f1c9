"""Console: what opens over the panes: help, details, dialogs, the lab menu."""
