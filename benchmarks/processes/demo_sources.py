"""Write the demonstration force's ten sources into the folder given as argument."""

import sys
from pathlib import Path

from svu_pipeline.demo.generate import generate

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    generate(folder, folder.with_name("truth.json"))
