/** What a person sees who opens the exporter's address in a browser. */
export function landingPage(version: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>kubemon exporter</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 42em; margin: 3em auto; padding: 0 1em; color-scheme: light dark; }
</style>
<h1>kubemon exporter</h1>
<p>Version ${version}. This machine's operating system, containers and processes, as Prometheus metrics:</p>
<ul>
  <li><a href="/metrics">/metrics</a>: all of them</li>
  <li><a href="/metrics?collect[]=node">/metrics?collect[]=node</a>,
      <a href="/metrics?collect[]=container">container</a>,
      <a href="/metrics?collect[]=process">process</a>: one kind</li>
  <li><a href="/healthz">/healthz</a>: whether the exporter answers</li>
</ul>
</html>
`;
}
