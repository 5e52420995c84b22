"""
The look of the report's page: colours for light, dark and paper, and the layout.

Knows classes of elements; does not know what is in them. No font, image or script
is fetched: a page that is sent on is whole.
"""

from __future__ import annotations

LIGHT = """\
--paper: #faf9f7; --card: #ffffff; --ink: #1c1d20; --soft: #5a5e66; --line: #e3e1dc;
--accent: #2c5e9e; --whole: #e4e8ee; --high: #b3261e; --medium: #8a5300; --low: #4d6478;
--doubt: #fde8b4; --doubt-ink: #5c3b00; --plus: #2c5e9e; --minus: #b4531f; --strong: #ffffff;
"""
DARK = """\
--paper: #15171a; --card: #1d2024; --ink: #e9e8e4; --soft: #a3a8b0; --line: #32363c;
--accent: #7fb0ee; --whole: #2c323a; --high: #ff8a80; --medium: #f0b25a; --low: #9fb6ca;
--doubt: #4d3a0c; --doubt-ink: #ffe3a3; --plus: #5e97dd; --minus: #dd8350; --strong: #0f1114;
"""

STYLE = f"""\
:root {{ color-scheme: light dark; {LIGHT} }}
@media (prefers-color-scheme: dark) {{ :root {{ {DARK} }} }}
* {{ box-sizing: border-box; }}
html {{ -webkit-text-size-adjust: 100%; }}
body {{
  margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}}
main, header, footer {{ max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }}
header {{ padding-top: 3rem; }}
header .title {{
  margin: 0; color: var(--accent); font-size: .85rem; font-weight: 650;
  letter-spacing: .08em; text-transform: uppercase;
}}
h1 {{ margin: .4rem 0 .8rem; max-width: 50rem; font-size: clamp(1.5rem, 1.1rem + 1.9vw, 2.2rem);
  line-height: 1.22; font-weight: 680; letter-spacing: -.012em; text-wrap: balance; }}
h2 {{ margin: 2.8rem 0 .9rem; font-size: 1.25rem; line-height: 1.3; letter-spacing: -.005em; }}
h3 {{ margin: 0; font-size: 1rem; line-height: 1.35; }}
p {{ margin: .5rem 0; }}
.soft, .signature {{ color: var(--soft); font-size: .9rem; }}
nav ul {{ display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none;
  margin: 1.2rem 0 0; padding: 0; font-size: .9rem; }}
a {{ color: var(--accent); text-underline-offset: .2em; text-decoration-thickness: 1px; }}
.tiles {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr));
  gap: .75rem; margin: 1.6rem 0 0; }}
.tile, .card, .alert, .panel {{ background: var(--card); border: 1px solid var(--line);
  border-radius: 10px; }}
.tile {{ display: flex; flex-direction: column-reverse; margin: 0; padding: .7rem .95rem .8rem; }}
.tile dd {{ margin: 0; font-size: 1.45rem; font-weight: 650; line-height: 1.25;
  font-variant-numeric: tabular-nums; }}
.tile dt {{ color: var(--soft); font-size: .84rem; }}
.findings {{ margin: 0; padding: 0; list-style: none; counter-reset: finding; }}
.findings > li {{ counter-increment: finding; position: relative; max-width: 52rem;
  margin: 0 0 .7rem; padding-left: 2.1rem; }}
.findings > li::before {{ content: counter(finding); position: absolute; left: 0; top: .08rem;
  width: 1.45rem; height: 1.45rem; border-radius: 50%; background: var(--whole); color: var(--soft);
  font-size: .8rem; font-weight: 650; line-height: 1.45rem; text-align: center; }}
.plain {{ max-width: 52rem; margin: 0; padding-left: 1.2rem; }}
.plain li {{ margin: .3rem 0; }}
mark {{ background: var(--doubt); color: var(--doubt-ink); border-radius: 4px; padding: 0 .25em; }}
.held {{ white-space: nowrap; font-variant-numeric: tabular-nums; }}
mark small {{ font-size: .75em; font-weight: 600; }}
.alerts {{ display: grid; gap: .5rem; margin: 0; padding: 0; list-style: none; }}
.alert {{ display: flex; gap: .8rem; align-items: baseline; padding: .55rem .9rem;
  border-left: 4px solid var(--low); }}
.alert.high {{ border-left-color: var(--high); }}
.alert.medium {{ border-left-color: var(--medium); }}
.badge {{ flex: none; width: 4.2rem; font-size: .72rem; font-weight: 700; letter-spacing: .05em;
  text-transform: uppercase; color: var(--low); }}
.high > .badge {{ color: var(--high); }}
.medium > .badge {{ color: var(--medium); }}
details {{ margin-top: .8rem; }}
summary {{ cursor: pointer; color: var(--accent); font-size: .92rem; }}
details > *:not(summary) {{ margin-top: .6rem; }}
.panel {{ padding: .9rem 1.1rem; overflow-x: auto; }}
.field-panel {{ width: fit-content; max-width: 100%; }}
.cards {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr));
  gap: .9rem; }}
.card {{ display: flex; flex-direction: column; padding: .9rem 1.05rem 1rem; min-width: 0; }}
.card .head {{ display: flex; justify-content: space-between; gap: .8rem; align-items: baseline; }}
.kind {{ flex: none; color: var(--soft); font-size: .8rem; }}
.card .chart {{ width: 100%; height: 64px; margin-top: .7rem; }}
.ends {{ display: flex; justify-content: space-between; gap: 1rem; color: var(--soft);
  font-size: .78rem; font-variant-numeric: tabular-nums; }}
.facts {{ display: grid; grid-template-columns: auto 1fr; gap: .1rem 1rem; margin: .7rem 0 0;
  font-size: .88rem; }}
.facts dt {{ color: var(--soft); }}
.facts dd {{ margin: 0; text-align: right; font-variant-numeric: tabular-nums; }}
.shares {{ width: 100%; margin-top: .7rem; border-collapse: collapse; font-size: .86rem; }}
.shares th, .shares td {{ padding: .14rem 0; border: 0; font-weight: 400; text-align: left;
  vertical-align: middle; }}
.shares th {{ width: 44%; padding-right: .7rem; color: var(--ink); }}
.shares td:last-child {{ width: 5.6rem; text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }}
.shares .chart, .missing .chart {{ display: block; width: 100%; height: .62rem; margin: 0; }}
.missing {{ width: 100%; border-collapse: collapse; font-size: .9rem; }}
.missing th {{ width: 30%; font-weight: 400; text-align: left; }}
.missing th, .missing td {{ padding: .18rem .6rem .18rem 0; border: 0; }}
.missing td:last-child {{ width: 11rem; padding-right: 0; text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }}
.notes {{ margin: .7rem 0 0; padding: .5rem 0 0; border-top: 1px solid var(--line);
  list-style: none; color: var(--soft); font-size: .84rem; }}
.table {{ overflow-x: auto; background: var(--card); border: 1px solid var(--line);
  border-radius: 10px; }}
.table table {{ width: 100%; border-collapse: collapse; font-size: .88rem; }}
.table th, .table td {{ padding: .45rem .8rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); }}
.table tr:last-child > * {{ border-bottom: 0; }}
.table thead th {{ color: var(--soft); font-weight: 600; white-space: nowrap; }}
.table .number {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }}
code {{ font: .92em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }}
code.digest {{ display: block; font-size: .76em; color: var(--soft); word-break: break-all; }}
.file {{ min-width: 11rem; }}
.sub {{ margin-top: 1.5rem; }}
.bar {{ fill: var(--accent); }}
.whole {{ fill: var(--whole); }}
.axis {{ stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }}
.field.plus {{ fill: var(--plus); }}
.field.minus {{ fill: var(--minus); }}
.field.none {{ fill: var(--whole); fill-opacity: .35; }}
svg text {{ fill: var(--ink); font: 12px system-ui, sans-serif; }}
svg text.value {{ font-size: 10.5px; }}
svg text.strong {{ fill: var(--strong); }}
footer {{ padding-top: 2.5rem; padding-bottom: 3rem; color: var(--soft); font-size: .85rem; }}
@media (max-width: 34rem) {{
  header {{ padding-top: 1.8rem; }}
  .alert {{ flex-direction: column; gap: .1rem; }}
  .missing th {{ width: 36%; }}
  .missing td:last-child {{ width: 4.5rem; }}
  .missing .count {{ display: none; }}
}}
@media print {{
  :root {{ color-scheme: light; {LIGHT} --paper: #ffffff; }}
  @page {{ margin: 16mm 14mm; }}
  body {{ font-size: 10.5pt; }}
  header {{ padding-top: 0; }}
  main, header, footer {{ max-width: none; padding-left: 0; padding-right: 0; }}
  nav, summary {{ display: none; }}
  details::details-content {{ content-visibility: visible; display: block; height: auto; }}
  .card, .alert, .tile, .panel, .findings > li, tr {{ break-inside: avoid; }}
  h2 {{ break-after: avoid; }}
  .bar, .whole, .field, mark {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
}}
"""
