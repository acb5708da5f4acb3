/** How a report looks. */
export const reportStyle = `
:root { color-scheme: light; --ink: #1f2328; --soft: #656d76; --line: #e4e7eb; --accent: #1f6bc7 }
* { box-sizing: border-box }
body { margin: 0; background: #f6f7f9; color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto,
  "Helvetica Neue", "DejaVu Sans", sans-serif }
main { max-width: 1120px; margin: 0 auto; padding: 32px 24px 56px }
h1 { margin: 0; font-size: 26px; font-weight: 650; letter-spacing: -0.01em }
h2 { margin: 0 0 14px; font-size: 15px; font-weight: 600 }
.summary { margin: 4px 0 24px; color: var(--soft) }
.grid { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 20px; align-items: start }
section { background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; min-width: 0 }
.wide { grid-column: 1 / -1 }
.stack { display: grid; gap: 20px; min-width: 0 }
.rows { width: 100%; border-collapse: collapse; font-size: 14px }
.rows td, .rows th { padding: 6px 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top }
.rows tr:first-child > * { border-top: 0 }
.rows th { padding-right: 20px; color: var(--soft); font-weight: 400; white-space: nowrap }
.rows td { overflow-wrap: anywhere; font-variant-numeric: tabular-nums }
.numbers td { text-align: right; font-weight: 600 }
.scrolls { overflow-x: auto }
.comparison th, .comparison td { padding-right: 20px; white-space: nowrap }
.comparison thead th { font-size: 13px }
.comparison tbody th { color: var(--ink); font-weight: 600 }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 16px }
.gallery img { width: 100%; max-width: 480px; image-rendering: auto }
figure { margin: 0 }
figure img { display: block; margin: 0 auto; max-width: 100% }
.player { display: flex; align-items: center; gap: 12px; margin-top: 14px }
.player input { flex: 1; min-width: 0; accent-color: var(--accent) }
.player output { min-width: 84px; text-align: right; color: var(--soft); font-variant-numeric: tabular-nums }
.player button { width: 34px; height: 34px; padding: 0; border: 1px solid var(--line); border-radius: 50%; background: #fff;
  color: var(--ink); cursor: pointer }
.player button:hover { border-color: var(--accent); color: var(--accent) }
.player svg { display: block; margin: auto }
.caption { margin: 10px 0 0; color: var(--soft); font-size: 14px; text-align: center }
pre { margin: 0; overflow-x: auto; font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace }
.uplot { width: 100% }
.uplot .quiet { display: none }
.u-legend { margin: 4px 0 0; font-size: 13px; text-align: left }
.u-legend tr { margin-right: 12px }
.u-legend .u-series > * { padding: 2px 4px 2px 0 }
.u-legend th { font-weight: 400 }
.u-legend .u-value { display: inline-block; min-width: 56px; font-variant-numeric: tabular-nums }
.u-legend .u-marker { width: 10px; height: 10px; border-radius: 2px }
.hint { margin: 20px 2px 0; color: var(--soft); font-size: 13px }
@media (max-width: 800px) {
  main { padding: 20px 12px 40px }
  section { padding: 14px }
  .grid, .stack { gap: 12px; grid-template-columns: minmax(0, 1fr) }
}
@media print { body { background: #fff } .player, .hint { display: none } section { break-inside: avoid } }
`
