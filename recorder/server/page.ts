import { helpCalls } from '../control/calls.ts';

/** What a browser is shown at /: the calls, and links to those that only read. */
export function page(version: string): string {
  const rows = helpCalls.map(({ call, does }) => `<tr><td>${link(call)}</td><td>${escape(does)}</td></tr>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>kubemon recorder</title>
<style>body { font-family: sans-serif; margin: 2em } td { padding: 0.2em 1em 0.2em 0 }</style>
</head>
<body>
<h1>kubemon recorder ${escape(version)}</h1>
<p>It is controlled over HTTP with JSON answers, or with the command <code>kubemon</code>:</p>
<table>
${rows.join('\n')}
</table>
</body>
</html>
`;
}

function link(call: string): string {
  const [, path] = /^GET (\/[a-z.]*)$/.exec(call) ?? [];
  return path === undefined
    ? `<code>${escape(call)}</code>`
    : `<a href="${path}"><code>${escape(call)}</code></a>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
