"""The control socket: messages, framing, server and client."""
