"""`python -m capstone_build` is `capstone`."""

from capstone_build.cli import main

main()
