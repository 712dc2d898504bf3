"""How the page of an evidence diff looks; the colours are those of the book's style sheet."""

LIGHT = {
    "ink": "#1f2937",
    "muted": "#525b68",
    "line": "#d1d5db",
    "ldn": "#0072b2",
    "standard": "#c24e00",
    "comparator": "#626a76",
    "band": "#cfe5f3",
    "good": "#007a57",
    "doubt": "#e69f00",
    "other": "#b8558b",
    "paper": "#fefefe",
    "sign": "#1f2937",
}
DARK = {
    "ink": "#e5e7eb",
    "muted": "#b3bac5",
    "line": "#414a57",
    "ldn": "#56b4e9",
    "standard": "#ff9a4d",
    "comparator": "#aab2bf",
    "band": "#17405a",
    "good": "#3fd2a4",
    "doubt": "#f0b73f",
    "other": "#e59cc4",
    "paper": "#14181e",
    "sign": "#1f2937",
}


def _variables(colours: dict[str, str]) -> str:
    return "".join(f"--lr-{name}:{value};" for name, value in colours.items())


STYLE = f"""
:root {{ {_variables(LIGHT)} color-scheme: light dark; }}
@media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}
body {{ margin: 0; background: var(--lr-paper); color: var(--lr-ink);
  font: 1rem/1.5 system-ui, sans-serif; }}
main {{ max-width: 78rem; margin: 0 auto; padding: 1rem; }}
h1, h2, h3 {{ line-height: 1.25; overflow-wrap: anywhere; }}
h1 {{ font-size: 1.5rem; }}
h2 {{ font-size: 1.2rem; margin-top: 2rem; }}
h3 {{ font-size: 1rem; }}
a {{ color: var(--lr-ldn); }}
.verdict {{ font-size: 1.25rem; font-weight: 700; }}
summary {{ cursor: pointer; }}
.frame {{ overflow-x: auto; max-width: 100%; }}
table {{ border-collapse: collapse; width: 100%; font-size: 0.9rem; }}
th, td {{ text-align: left; vertical-align: top; padding: 0.4rem 0.6rem;
  border-bottom: 1px solid var(--lr-line); overflow-wrap: break-word; min-width: 6rem; }}
thead th {{ border-bottom: 1px solid var(--lr-ink); }}
del {{ color: var(--lr-standard); }}
ins {{ color: var(--lr-good); font-weight: 600; }}
.pair {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
  gap: 1rem; }}
figure {{ margin: 0; min-width: 0; }}
figcaption {{ font-weight: 600; }}
.lr-figure {{ display: block; width: 100%; min-width: 32rem; height: auto; }}
"""
