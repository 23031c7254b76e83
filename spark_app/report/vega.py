"""Vega, Vega-Lite and Vega-Embed as one script, made by vl-convert in some seconds.

python spark_app/report/vega.py FILE     writes it; the image's build does, with this file alone
"""

import sys
from pathlib import Path


def make_bundle() -> str:
    """The script."""
    import vl_convert  # 33 MB of its own: only where it is needed

    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return f"(() => {{\n{bundle}\n}})();\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(make_bundle(), encoding="utf-8")
