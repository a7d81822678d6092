import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Plot } from './report.ts';

/** Draws a chart as SVG. @param spec https://vega.github.io/vega-lite/docs/ */
export async function plot(name: string, title: string, spec: TopLevelSpec): Promise<Plot> {
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  try {
    return { name, title, svg: await view.toSVG() };
  } finally {
    view.finalize();
  }
}
