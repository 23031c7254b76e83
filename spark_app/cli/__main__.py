"""`python -m spark_app.cli`."""

from spark_app.cli import main

main()
