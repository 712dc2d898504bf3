"""The HTML of a study page; autoescaping makes text from the data text."""

from __future__ import annotations

from jinja2 import Environment

# <bdi> keeps the direction of a text from the data from turning the words around it.
PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """\
{% macro open_table(name, caption, heads, rows, kind="") %}
<div class="lr-table-frame" style="--lr-rows: {{ rows|length }}" tabindex="0" role="region" \
aria-label="{{ caption }}">
<table class="lr-table lr-stacked{{ kind }}" id="table-{{ name }}">
<caption>{{ caption }}</caption>
<thead><tr>
{% for head in heads %}
<th scope="col">{{ head }}</th>
{% endfor %}
</tr></thead>
<tbody>
{% endmacro %}
{% macro close_table() %}
</tbody>
</table>
</div>
{% endmacro %}
{% macro source(source_id) %}
<a href="../chapters/references.html#{{ sources[source_id].anchor }}" \
title="{{ sources[source_id].full }}"><bdi>{{ sources[source_id].short }}</bdi></a>
{%- if source_id in pages %}, on {{ pages[source_id] }}{% endif %}
{%- endmacro %}
{% macro value_table(section) %}
{{ open_table(section.name, section.caption, section.heads, section.values, " lr-values") }}
{% for value in section.values %}
<tr id="{{ value.anchor }}" data-table="{{ value.table }}" data-row="{{ value.row }}">
<th scope="row"><bdi>{{ value.what }}</bdi></th>
<td data-label="{{ section.heads[1] }}"><bdi>{{ value.printed }}</bdi>
{% for fault in value.faults %}
<a class="lr-fault" href="#fault-{{ fault }}" aria-label="Why this value is doubtful">‡</a>
{% endfor %}
<a class="lr-report" href="{{ problem(value) }}" rel="nofollow" \
title="Report a problem with this value" \
aria-label="Report a problem with this value: {{ value.what }}, {{ value.printed }}">⚑</a>
{% for detail in value.details %}
<span class="lr-line{{ "" if section.reasons else " lr-quiet" }}"><bdi>{{ detail }}</bdi></span>
{% endfor %}
</td>
<td data-label="{{ section.heads[2] }}">{{ source(value.source_id) }}, \
<bdi>{{ value.locator }}</bdi>
<span class="lr-quiet lr-line">read {{ value.extracted }}, \
{{ "checked " ~ value.checked if value.checked else "unchecked" }}</span></td>
</tr>
{% endfor %}
{{ close_table() }}
{% endmacro %}
<h1><bdi>{{ title }}</bdi></h1>
{% if notice %}
<p class="lr-retracted" role="note"><strong>
{{- "This report" if notice.reference == reference.key else "The document behind these values" }} \
was retracted on {{ notice.retracted }}.</strong>
<bdi>{{ notice.reason }}</bdi>
{% set doi = notice.notice.startswith("10.") %}
<a href="{{ "https://doi.org/" if doi }}{{ notice.notice|urlencode if doi else notice.notice }}">\
The notice: <bdi>{{ notice.notice }}</bdi></a>.
Its values stay here for the record; \
no other table, figure, effect, pool or count of this book uses them.</p>
{% endif %}
<p class="lr-lead"><bdi>{{ sentence }}</bdi></p>
<p>
{% for origin in origins %}
{{ source(origin.source_id) }} ({{ origin.kind }}){{ ", " if not loop.last }}
{% endfor %}
{{ "is the document" if origins|length == 1 else "are the documents" }} that these values were \
read in{{ "." if own_report else "; the report of the study itself was not read." }}
{{ checked }} of {{ total }} values were compared with the source by a second person.
Beside a value, ‡ leads to a fault of the source, and ⚑ to a form for reporting a problem.</p>
<nav class="lr-contents" aria-label="On this page"><ul>
{% for name, words in contents %}
<li><a href="#{{ name }}">{{ words }}</a></li>
{% endfor %}
</ul></nav>
<h2 id="values">Every value, with its place in the source</h2>
{% for section in sections %}
<h3 id="{{ section.name }}">{{ section.heading }}</h3>
{{ value_table(section) }}
{% endfor %}
<h2 id="corrected">What is doubtful or corrected, and why</h2>
{% if faults %}
{{ open_table("faults", "Which faults does the source hold here?",
  ["Kind", "Printed", "Why it is a fault", "Likely correct", "What it does to our conclusions"],
  faults) }}
{% for fault, target in faults %}
<tr id="fault-{{ fault.discrepancy_id }}" data-table="discrepancies" \
data-row="{{ fault.discrepancy_id }}">
<th scope="row">{{ fault.kind|capitalize }}
{% if target %}
<a href="#{{ target }}" class="lr-line">the value</a>
{% endif %}
</th>
<td data-label="Printed"><bdi>{{ fault.printed }}</bdi> \
<span class="lr-quiet">[<bdi>{{ fault.locator }}</bdi>]</span>
{% if fault.other_locator %}
<span class="lr-line">against <bdi>{{ fault.other_printed }}</bdi> \
<span class="lr-quiet">[<bdi>{{ fault.other_locator }}</bdi>]</span></span>
{% endif %}
</td>
<td data-label="Why it is a fault"><bdi>{{ fault.why }}</bdi></td>
<td data-label="Likely correct"><bdi>{{ fault.likely }}</bdi>
{% if fault.corrected %}
<span class="lr-line">corrected to <bdi>{{ fault.corrected }}</bdi></span>
{% endif %}
<span class="lr-quiet lr-line">established by {{ fault.established }}, \
{{ "checked " ~ fault.checked if fault.checked else "unchecked" }}</span></td>
<td data-label="What it does to our conclusions"><bdi>{{ fault.effect }}</bdi></td>
</tr>
{% endfor %}
{{ close_table() }}
{% else %}
<p>No fault is entered for a value of this study.</p>
{% endif %}
<h2 id="audit">Do the reported statistics follow from the printed numbers?</h2>
{% if verdicts %}
{{ open_table("verdicts", "What does the source report, and what do its numbers give?",
  ["Statistic", "Reported", "Recomputed (range by rounding)", "Test that comes nearest",
  "Verdict"], verdicts, " lr-computed") }}
{% for verdict in verdicts %}
<tr data-verdict="{{ verdict.statistic }} {{ verdict.row_key }}">
<th scope="row"><a href="#{{ verdict.row_table }}-{{ verdict.row_key }}">\
<bdi>{{ verdict.outcome }}</bdi></a> \
<span class="lr-quiet">[<bdi>{{ verdict.locator }}</bdi>]</span></th>
<td data-label="Reported">{{ verdict.statistic }}: {{ verdict.reported }}</td>
<td data-label="Recomputed (range by rounding)">{{ verdict.recomputed }}
{%- if verdict.low != verdict.high %} ({{ verdict.low }} to {{ verdict.high }}){% endif %}</td>
<td data-label="Test that comes nearest">{{ verdict.test }}</td>
<td data-label="Verdict">{{ verdict.verdict }}
{% if verdict.arithmetic %}
{{ opens("how", "The arithmetic", verdict.arithmetic) }}
{% endif %}
{% if verdict.why %}
<span class="lr-quiet lr-line"><bdi>{{ verdict.why }}</bdi></span>
{% endif %}
</td>
</tr>
{% endfor %}
{{ close_table() }}
{% elif notice %}
<p>What was retracted is not audited.</p>
{% else %}
<p>No statistic that could be recomputed is entered for this study.</p>
{% endif %}
<h2 id="effects">Effects with intervals</h2>
{% if effects %}
{{ open_table("effects", "What is the effect, from what each group or the source itself reports?",
  ["Outcome", "Effect (" ~ level ~ " interval)", "With naltrexone", "Comparator",
  "Number to treat"], effects, " lr-computed") }}
{% for effect in effects %}
<tr data-effect="{{ effect.outcome }}">
<th scope="row"><bdi>{{ effect.outcome }}</bdi> \
<span class="lr-quiet">[<bdi>{{ effect.place }}</bdi>], {{ effect.given }}</span></th>
<td data-label="Effect ({{ level }} interval)">{{ effect.measure }} \
{{ "%.2f (%.2f to %.2f)"|format(effect.estimate, effect.low, effect.high) }} {{ effect.unit }}
{% if effect.corrected %}
<span class="lr-quiet lr-line"><bdi>{{ effect.corrected }}</bdi></span>
{% endif %}
</td>
<td data-label="With naltrexone">{{ effect.treated }}</td>
<td data-label="Comparator">{{ effect.comparator }}</td>
<td data-label="Number to treat">{{ effect.nnt }}</td>
</tr>
{% endfor %}
{{ close_table() }}
{% elif notice %}
<p>From what was retracted, none is computed.</p>
{% else %}
<p>None is computed: that takes a study in people that gives events, or means with their SD or SE, \
of both groups after treatment, or an effect with its interval, SE or exact p.</p>
{% endif %}
<h2 id="bias">Risk of bias</h2>
{% for section in bias %}
{{ value_table(section) }}
{% else %}
<p>No judgement is entered for this study.</p>
{% endfor %}
<h2 id="trust">Can the study be trusted, apart from bias?</h2>
{% for section in trust %}
{{ value_table(section) }}
{% else %}
<p>No check is entered for this study.</p>
{% endfor %}
<h2 id="book">Where this book shows the study</h2>
{% if uses %}
<ul>
{% for use in uses %}
<li><a href="{{ use.address }}">{{ use.caption }}</a> <span class="lr-quiet">{{ use.kind }}\
{% if use.page %}, in <bdi>{{ use.page }}</bdi>{% endif %}</span></li>
{% endfor %}
</ul>
{% else %}
<p>No table or figure of the book shows it.</p>
{% endif %}
<h2 id="report">The report</h2>
<p><bdi>{{ reference.full }}</bdi>
{% if reference.doi %}
<a href="https://doi.org/{{ reference.doi|urlencode }}">doi:<bdi>{{ reference.doi }}</bdi></a>
{% elif reference.url.startswith(("https://", "http://")) %}
<a href="{{ reference.url }}"><bdi>{{ reference.url }}</bdi></a>
{% endif %}
</p>
{% if siblings %}
<p>Other studies of the same report:</p>
<ul>
{% for link in siblings %}
<li>{{ link }}</li>
{% endfor %}
</ul>
{% endif %}
<h2 id="cite">How to cite</h2>
<p>For a result of the study, cite its report, above.
For what this review read, corrected, computed or judged, cite this page:</p>
<p class="lr-cite"><bdi>{{ cite }}</bdi></p>
"""
)
