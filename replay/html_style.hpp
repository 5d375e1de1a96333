// SPDX-License-Identifier: Apache-2.0
// How the page of a run looks, in light and dark.
#pragma once

#include <string_view>

namespace cowbell::replay {

inline constexpr std::string_view kPageStyle = R"css(
:root {
  color-scheme: light dark;
  /* Beside a scroll bar. */
  --wide: min(100vw - 16px, 1400px);
  --paper: #fbfaf7; --ink: #23262b; --faint: #6c7079; --line: #dcd9d1; --panel: #fff;
  --deed: #dfe9fb; --deed-edge: #4a72c4; --work: #efe5f8; --work-edge: #8d61b5;
  --origin: #dcf2e4; --origin-edge: #2f8a56; --storage: #fbeccb; --storage-edge: #b07a12;
  --bad: #c2182b; --bad-paper: #fde3e5; --good: #22743f; --fault: #d2580a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #17191d; --ink: #e4e5e8; --faint: #969ba5; --line: #363a41; --panel: #1f2227;
    --deed: #24345a; --deed-edge: #86a8ec; --work: #3b2b4c; --work-edge: #bd95e0;
    --origin: #1d4030; --origin-edge: #62c18c; --storage: #46371a; --storage-edge: #dfae4e;
    --bad: #ff6b7a; --bad-paper: #4d1a21; --good: #74cf96; --fault: #ff9a52;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); min-width: max-content;
  font: 14px/1.45 system-ui, sans-serif; }
header, .texts, .legend, h2 { position: sticky; left: 0; max-width: var(--wide); }
header { padding: 20px 28px 4px; }
main > section, .texts { padding: 0 28px; }
h1 { margin: 2px 0 10px; font-size: 24px; font-weight: 600; }
h2 { margin: 22px 0 8px; width: max-content; color: var(--faint); font-size: 15px;
  font-weight: 600; }
code, pre, li, .what, .bar, .file { font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
p { margin: 6px 0; }
.file, .again, .legend { color: var(--faint); }
.file, .again, .what, .scenario, .history { font-size: 13px; }
.again code { color: var(--ink); overflow-wrap: anywhere; }
a { color: var(--deed-edge); }
.broke, .held { padding: 1px 10px; border-radius: 6px; color: var(--paper); }
.broke { background: var(--bad); }
.held { background: var(--good); }
.what { white-space: pre-wrap; overflow-wrap: anywhere; }
dl.what { display: grid; grid-template-columns: max-content 1fr; gap: 3px 14px; }
.what dt { color: var(--faint); font-family: system-ui, sans-serif; }
.what dd { margin: 0; }
.bad { color: var(--bad); font-weight: 600; }
.good { color: var(--good); }
.texts { display: flex; flex-wrap: wrap; gap: 0 28px; }
.texts section { flex: 1 1 460px; min-width: 0; }
.scenario, .history { margin: 0; max-height: 62vh; overflow: auto; border: 1px solid var(--line);
  border-radius: 8px; background: var(--panel); }
.scenario { padding: 8px 0; list-style: none; counter-reset: line; }
.scenario li { padding: 0 10px 0 44px; text-indent: -44px; white-space: pre-wrap;
  overflow-wrap: anywhere; min-height: 1.45em; counter-increment: line; }
.scenario li::before { content: counter(line); display: inline-block; width: 44px;
  padding-right: 14px; text-align: right; text-indent: 0; font-size: 11px; font-weight: 400;
  color: var(--faint); }
.scenario .comment { color: var(--faint); }
.scenario .breaks { background: var(--bad-paper); color: var(--bad); font-weight: 600; }
.history { padding: 8px 14px; }
.legend { max-width: calc(var(--wide) - 56px); display: flex; flex-wrap: wrap; gap: 6px 10px;
  align-items: center; margin-bottom: 12px; }
.key { padding: 1px 9px; border: 1px solid; border-radius: 5px; font-size: 12px;
  color: var(--ink); }
.diagram { width: max-content; padding-bottom: 60px; }
.lanes { position: sticky; top: 0; z-index: 3; display: flex; background: var(--paper);
  border-bottom: 1px solid var(--line); font-weight: 600; font-size: 13px; }
.lanes div { padding: 8px 4px 6px; text-align: center; overflow-wrap: anywhere;
  align-self: flex-end; }
.lanes .client { color: var(--deed-edge); }
.lanes .engine { color: var(--work-edge); }
.lanes .origin { color: var(--origin-edge); }
.lanes .storage { color: var(--storage-edge); }
.rows { position: relative; }
.rows > * { position: absolute; }
.rows svg { left: 0; top: 0; overflow: visible; }
.life { stroke: var(--line); stroke-width: 1; }
.to, .from { fill: none; stroke-width: 1.4; }
.from { stroke-dasharray: 5 3; opacity: .75; }
.origin-arrow { stroke: var(--origin-edge); }
.storage-arrow { stroke: var(--storage-edge); }
.red-arrow { stroke: var(--bad); }
.head.origin-arrow { fill: var(--origin-edge); }
.head.storage-arrow { fill: var(--storage-edge); }
.head.red-arrow { fill: var(--bad); }
.time { left: 0; width: 92px; padding-right: 12px; text-align: right; font-size: 11px;
  line-height: 22px; color: var(--faint); font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar { border: 1px solid; border-radius: 5px; font-size: 11px; line-height: 15px;
  padding: 2px 5px; overflow: clip; }
/* In sight while any part of the bar is. */
.bar span { display: block; position: sticky; top: 44px; overflow-wrap: anywhere; }
.bar i { position: absolute; right: 5px; bottom: 1px; font-style: normal; font-weight: 600;
  padding-left: 5px; background: inherit; }
#breach, #line { scroll-margin-top: 40vh; }
.bar:hover { z-index: 2; overflow: visible; height: auto !important; min-height: 20px;
  box-shadow: 0 2px 10px #0004; }
.deed { background: var(--deed); border-color: var(--deed-edge); }
.work { background: var(--work); border-color: var(--work-edge); }
.wait { border: 1px dashed var(--line); color: var(--faint); }
.wait span { background: var(--paper); width: max-content; max-width: 100%; padding: 0 3px;
  border-radius: 3px; }
.wait span:empty { display: none; }
.narrow span { writing-mode: vertical-rl; white-space: nowrap; }
.key.wait { border-color: var(--faint); }
.origin.bar, .key.origin { background: var(--origin); border-color: var(--origin-edge); }
.storage.bar, .key.storage { background: var(--storage); border-color: var(--storage-edge); }
.bar.fault, .key.fault { border: 2px solid var(--fault); }
.bar b { color: var(--fault); }
.bar.failed i { color: var(--bad); }
.bar.breaking, .key.breaking { background: var(--bad-paper); border: 2px solid var(--bad);
  color: var(--bad); font-weight: 600; }
.breach { left: 92px; right: 0; background: var(--bad-paper); opacity: .55; }
.dot { width: 7px; height: 7px; border-radius: 50%; border: 1px solid var(--ink);
  background: var(--ink); }
.dot.look { background: var(--paper); }
.legend .dot { display: inline-block; margin: 0 2px 1px 0; }
.note span { background: var(--paper); }
.note { font-size: 11.5px; line-height: 16px; padding: 2px 5px; color: var(--faint);
  overflow-wrap: anywhere; }
.note.fault { color: var(--fault); font-weight: 600; }
.world { border-top: 1px solid var(--faint); }
)css";

}  // namespace cowbell::replay
