"""`python -m lvstui` is the command `lvstui`."""

from lvstui.cli import main

if __name__ == "__main__":
    main()
