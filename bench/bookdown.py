"""The same tables and forest plots as an R bookdown book, rendered in one R session."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from bench.measure import Cost, run

CHAPTER = """# {title}

```{{r, echo=FALSE}}
tables <- c({tables})
for (name in tables) print(knitr::kable(head(data[[name]], 200), format = "html"))
```
{forests}
"""
FOREST = """
```{r, echo=FALSE, fig.width=7, fig.height=5}
metafor::forest(metafor::rma(yi, vi, data = effects, method = "REML"))
```
"""
INDEX = """---
title: "Low-dose naltrexone"
site: bookdown::bookdown_site
output: bookdown::gitbook
---

```{r, include=FALSE}
files <- list.files("data", pattern = "[.]csv$", full.names = TRUE)
data <- lapply(files, read.csv, colClasses = "character")
names(data) <- sub("[.]csv$", "", basename(files))
set.seed(1)
effects <- data.frame(yi = rnorm(20), vi = runif(20, 0.05, 0.5))
```

# Start
"""


def installed() -> bool:
    """Return whether R, bookdown and metafor are here."""
    if shutil.which("Rscript") is None:
        return False
    try:
        run(["Rscript", "-e", "library(bookdown); library(metafor)"], Path.cwd())
    except RuntimeError:
        return False
    return True


def bookdown(folder: Path) -> Cost:
    """Write the book into a folder of its own beside the copy of the project, and render it.

    Each chapter has as many tables and plots as ours; a plot of ours is a forest plot of twenty
    effects there, and a table shows rows of the table of the data that comes next.
    """
    book = folder.parent / "bookdown"
    shutil.rmtree(book, ignore_errors=True)
    shutil.copytree(folder / "data", book / "data")
    names = sorted(path.stem for path in (folder / "data").glob("*.csv"))
    (book / "index.Rmd").write_text(INDEX, encoding="utf-8")
    taken = 0
    for number, page in enumerate(sorted((folder / "chapters").glob("*.md")), 1):
        text = page.read_text(encoding="utf-8")
        figures = len(re.findall(r"^    name: fig-", text, re.MULTILINE))
        count = len(re.findall(r"^tables\.\w+\(", text, re.MULTILINE))
        chosen = [f'"{names[(taken + i) % len(names)]}"' for i in range(count)]
        taken += count
        chapter = CHAPTER.format(
            title=page.stem, tables=", ".join(chosen), forests=FOREST * figures
        )
        (book / f"{number:02d}-{page.stem}.Rmd").write_text(chapter, encoding="utf-8")
    return run(["Rscript", "-e", 'bookdown::render_book("index.Rmd", quiet = TRUE)'], book)
