#!/bin/sh
# Runs inside user-mode Linux: the tutorial's scenario with the kernel's IPVS, one JSON object a line.
exec "$LVSTUI_PYTHON" -m lvstui lab --headless --scenario "${SCENARIO:-tutorial}" --plane kernel --format json
