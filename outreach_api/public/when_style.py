"""How the page /when looks: on phones, on a desk and on paper (A4). States are words; colour only helps to find them."""

STYLE = """
main > h1 { margin-bottom: .4rem; }
h1, h2, .place { overflow-wrap: anywhere; }
ruby { ruby-align: center; }
rt { font-size: .55em; font-weight: 400; }
body { line-height: 1.9; }
.switches { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: .6rem 0 1rem; padding: 0; }
.switches li { margin: 0; }
.switches a { display: inline-block; min-height: 44px; line-height: 44px; padding: 0 .9rem; border: 1px solid;
  border-radius: 22px; text-decoration: none; }
.days { margin: 0; }
.day { border-bottom: 2px solid; margin: 2rem 0 .4rem; padding-bottom: .2rem; }
.stays { list-style: none; margin: 0; padding: 0; }
.stays > li { border: 1px solid #8888; border-left: 8px solid #888; border-radius: 8px; margin: .7rem 0; padding: .5rem .9rem; }
.stays > .on { border-left-color: #2f7d32; }
.stays > .open { border-left-color: #1565c0; border-width: 3px 3px 3px 8px; }
.stays > .undecided { border-left-color: #b26a00; border-left-style: dashed; }
.stays > .cancelled { border-left-color: #c62828; border-left-style: double; }
.stays p { margin: .1rem 0; }
.state { font-weight: 700; }
.time { font-size: 1.25rem; font-weight: 700; }
.place { font-size: 1.1rem; font-weight: 600; }
.kana, .small { font-size: .9rem; font-weight: 400; }
.cancelled s { text-decoration-thickness: 2px; }
.only-print { display: none; }
@media print {
  @page { size: A4; margin: 15mm; }
  :root { color-scheme: light; }
  body { font-size: 11pt; line-height: 1.6; max-width: none; padding: 0; color: #000; background: #fff; }
  .no-print { display: none; }
  .only-print { display: block; }
  .day { break-after: avoid; margin-top: 1rem; }
  .stays > li { break-inside: avoid; margin: .3rem 0; padding: .2rem .6rem; }
}
"""
