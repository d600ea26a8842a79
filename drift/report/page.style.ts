/** One page, no script, nothing loaded: it can be mailed and kept for years. Colours are told apart without colour vision. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #fbfbfa; --card: #fff; --ink: #1c1d22; --soft: #6a6d78; --line: #e4e4e7;
  --reference: #8b93a7; --current: #2f6fde; --drift: #c0392b; --calm: #2b8a57; --open: #b07a1e; --wash: #f1f2f5; }
@media (prefers-color-scheme: dark) { :root { --ground: #131418; --card: #1b1d23; --ink: #e9eaee; --soft: #989ca9;
  --line: #2b2e37; --reference: #7d8598; --current: #6aa1ff; --drift: #ff7b6b; --calm: #5fcf94; --open: #e3b455; --wash: #23252d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 17px; margin: 40px 0 14px; }
p { margin: 0 0 8px; } .soft { color: var(--soft); } .number { font-variant-numeric: tabular-nums; }
.facts { display: flex; flex-wrap: wrap; gap: 12px; margin: 24px 0 0; padding: 0; list-style: none; }
.facts li { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 18px; min-width: 132px; }
.facts b { display: block; font-size: 24px; line-height: 1.25; font-variant-numeric: tabular-nums; }
.facts span { color: var(--soft); font-size: 13px; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 12.5px; }
th, td { padding: 8px 14px; border-bottom: 1px solid var(--line); white-space: nowrap; } tr:last-child td { border-bottom: 0; }
td.number, th.number { text-align: right; }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 3px; } a:hover { text-decoration-color: currentColor; }
.says { display: inline-block; white-space: nowrap; border-radius: 99px; padding: 1px 10px; font-size: 12.5px; font-weight: 600; border: 1px solid currentColor; }
.drift { color: var(--drift); } .no_drift { color: var(--calm); } .undecided { color: var(--open); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(340px, 1fr)); gap: 16px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px 18px 12px; min-width: 0; display: flex; flex-direction: column; }
.card header { display: flex; justify-content: space-between; align-items: baseline; gap: 10px; }
.card h3 { margin: 0; font-size: 15px; overflow-wrap: anywhere; } .card p { font-size: 13px; margin: 2px 0 8px; }
.card dl { display: grid; grid-template-columns: repeat(3, 1fr); gap: 2px 12px; margin: auto 0 4px; padding-top: 10px; font-size: 12.5px; }
.card dt { color: var(--soft); } .card dd { margin: 0; font-variant-numeric: tabular-nums; }
.card dl div { min-width: 0; } .role { font-weight: 400; font-size: 12.5px; color: var(--soft); margin-left: 8px; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
.key { display: inline-flex; align-items: center; gap: 6px; margin-right: 16px; font-size: 13px; color: var(--soft); }
.key i { width: 22px; height: 10px; display: inline-block; }
.key .now { background: var(--current); opacity: .55; border-radius: 2px; } .key .then { border-top: 2.5px solid var(--reference); height: 0; }
@media print { .card { break-inside: avoid; } body { background: #fff; } }
`;
