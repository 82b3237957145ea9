"""`python -m platform_sim`: the operator's CLI where the `platform-sim` script is not on PATH."""

from platform_sim.cli.main import main

if __name__ == "__main__":
    main()
