"""How the page /reach looks: on phones, on a desk and on paper (A4). Numbers say it; shades only help to find them."""

MAP_STYLE = """.ground { fill: #fff; }
.frame { font: 600 15px system-ui, sans-serif; fill: #555; text-anchor: middle; }
.square { fill: #fff; stroke: #b8b8b8; stroke-width: 1; }
.shade1 { fill: #deebf7; }
.shade2 { fill: #b3d1e8; }
.shade3 { fill: #7fb2d9; }
.shade4 { fill: #2f75b5; }
.shade5 { fill: #0b3c73; }
.recent { stroke: #111; stroke-width: 3.5; }
.past { stroke: #111; stroke-width: 2.5; stroke-dasharray: 5 5; }
.census { fill: #e3a23c; fill-opacity: .75; stroke: #7a4a00; stroke-width: 1; }
.over { fill: none; stroke-width: 1.6; }
.people { font: 700 21px system-ui, sans-serif; fill: #000; text-anchor: middle; paint-order: stroke; stroke: #fff;
  stroke-width: 4px; }
.light { fill: #fff; stroke: #0b2c50; }
"""
"""Of the drawing alone."""

STYLE = (
    """
body { max-width: 60rem; line-height: 1.8; }
main > h1 { margin-bottom: .2rem; }
h1, h2, td, .places { overflow-wrap: anywhere; }
h2 { border-bottom: 2px solid; margin: 2rem 0 .5rem; padding-bottom: .1rem; }
ruby { ruby-align: center; }
rt { font-size: .55em; font-weight: 400; }
.lead { font-size: 1.1rem; margin: .2rem 0; }
.small { font-size: .9rem; }
.switches, .periods { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: .5rem 0; padding: 0; }
.switches li, .periods li { margin: 0; }
.switches a, .periods a, .periods strong { display: inline-block; min-height: 44px; line-height: 44px; padding: 0 .9rem;
  border: 1px solid; border-radius: 22px; text-decoration: none; }
.periods strong { border-width: 3px; line-height: 40px; }
.periods-of { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; align-items: center; margin: 0; }
.periods-of dt, .periods-of dd { margin: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .7rem; list-style: none;
  margin: 1rem 0; padding: 0; }
.tiles li { border: 1px solid #8888; border-radius: 10px; margin: 0; padding: .5rem .9rem; }
.tiles b { display: block; font-size: 1.8rem; line-height: 1.3; white-space: nowrap; }
figure { margin: 1rem 0; }
.map { width: 100%; height: auto; max-height: 46rem; display: block; border-radius: 6px; }
"""
    + MAP_STYLE
    + """figcaption ul { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; list-style: none; margin: .5rem 0; padding: 0;
  font-size: .95rem; }
figcaption li { margin: 0; }
.key { width: 34px; height: 22px; vertical-align: middle; margin-right: .4rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; }
th, td { border-bottom: 1px solid #8886; padding: .3rem .6rem; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid; }
.number { text-align: right; }
td.number { white-space: nowrap; }
thead .number { min-width: 3.6rem; }
.places { min-width: 8.5rem; }
.sum > * { font-weight: 700; border-top: 2px solid; }
.bar { width: 10rem; height: 1rem; vertical-align: middle; }
.bar rect { fill: #2f75b5; }
@media (max-width: 40rem) {
  .bars { display: none; }
  th, td { padding: .3rem .35rem; }
  thead th { font-size: .85rem; line-height: 1.4; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .periods-of { grid-template-columns: 1fr; }
}
@media print {
  @page { size: A4; margin: 13mm; }
  :root { color-scheme: light; }
  body { font-size: 10.5pt; line-height: 1.5; max-width: none; padding: 0; color: #000; background: #fff;
    print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .no-print { display: none; }
  h2 { break-after: avoid; margin-top: 1rem; }
  .map { max-height: 118mm; }
  figure, tr, .tiles { break-inside: avoid; }
  .tiles { grid-template-columns: repeat(4, 1fr); }
  th, td { padding: .1rem .4rem; }
  .places { min-width: 0; }
}
"""
)
