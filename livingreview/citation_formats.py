"""References in the formats that reference managers read: BibTeX and RIS."""

from __future__ import annotations

from livingreview.bibliography import Reference, plain

# Types of BibTeX entries in RIS; whatever has no counterpart is generic.
RIS_TYPES = {
    "article": "JOUR",
    "book": "BOOK",
    "inbook": "CHAP",
    "incollection": "CHAP",
    "inproceedings": "CPAPER",
    "phdthesis": "THES",
    "techreport": "RPRT",
}


def bibtex(reference: Reference) -> str:
    """Return a reference as the BibTeX entry it was read from, ending with an empty line."""
    entry = reference.entry
    people = {role: " and ".join(map(str, names)) for role, names in entry.persons.items()}
    lines = [f"  {name:<12} = {{{value}}}" for name, value in (people | dict(entry.fields)).items()]
    return f"@{entry.type}{{{reference.key},\n" + ",\n".join(lines) + "\n}\n\n"


def ris(reference: Reference) -> str:
    """Return a reference in RIS, ending with an empty line.

    Names, titles and pages lose their LaTeX. The identifier of PubMed is the accession number, and
    the registration of a trial stands in a note. As it is read, no value holds a line end, which
    would start a field of its own.
    """
    entry = reference.entry

    def field(name: str) -> str:
        return plain(entry.fields[name]) if name in entry.fields else ""

    first, _, last = field("pages").replace("–", "-").partition("-")
    names = entry.persons.get("author") or entry.persons.get("editor") or []
    registration = reference.registration
    lines = [
        ("TY", RIS_TYPES.get(entry.type.lower(), "GEN")),
        ("ID", reference.key),
        *(("AU", plain(str(name))) for name in names if str(name).lower() != "others"),
        ("TI", reference.title),
        ("T2", field("journal") or field("booktitle")),
        ("PY", reference.year),
        ("VL", field("volume")),
        ("IS", field("number")),
        ("SP", first),
        ("EP", last.lstrip("-")),
        ("PB", field("publisher")),
        ("DO", reference.doi),
        ("UR", reference.url),
        ("AN", reference.pmid),
        ("N1", f"Registration: {registration}" if registration else ""),
    ]
    text = [f"{tag}  - {value}" for tag, value in lines if value]
    return "\r\n".join([*text, "ER  - ", "", ""])
