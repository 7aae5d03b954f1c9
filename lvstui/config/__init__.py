"""keepalived.conf: lexer, schema, diagnostics, and the way from text to the model (start at `load`)."""
