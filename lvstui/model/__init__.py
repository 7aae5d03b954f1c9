"""The vocabulary: frozen records and enums shared by every room."""
