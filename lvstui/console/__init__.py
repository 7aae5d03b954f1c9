"""The Textual console: holds no truth, shows the engine's."""
