import type { Spec } from 'vega';

/** What a picture is drawn from; axes and texts get the colours of the page. */
export type Drawing = Omit<Spec, 'config'>;

const INK = 'var(--ink)';
const FAINT = 'var(--faint)';
const LINE = 'var(--line)';
const FONT = 'inherit';

const CONFIG: Spec['config'] = {
  axis: {
    domainColor: FAINT,
    tickColor: FAINT,
    gridColor: LINE,
    labelColor: INK,
    titleColor: INK,
    labelFont: FONT,
    titleFont: FONT,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 8,
  },
  legend: {
    orient: 'top',
    labelColor: INK,
    labelFont: FONT,
    labelFontSize: 12,
    symbolSize: 90,
    columnPadding: 16,
    labelLimit: 0,
    offset: 8,
  },
  text: { font: FONT, fontSize: 12, fill: INK },
};

/**
 * The picture as SVG with a name and a description for those who do not see it. Colours may be CSS variables of the page
 * around it. Vega is loaded with the first picture.
 */
export async function draw(drawing: Drawing, id: string, name: string, description: string): Promise<string> {
  const { parse, View, Error: errorLevel } = await import('vega');
  const { marks = [], axes = [], legends = [] } = drawing;
  // To assistive technology the picture is one image, whose parts say nothing of their own.
  const silent = <Part extends object>(parts: readonly Part[]) => parts.map((part) => ({ ...part, aria: false }));
  const spec = { padding: 4, autosize: 'pad', ...drawing, marks: silent(marks), axes: silent(axes), legends: silent(legends) };
  const view = new View(parse({ ...spec, config: CONFIG } as Spec), {
    renderer: 'none',
    logLevel: errorLevel,
  });
  const svg = await view.toSVG();
  view.finalize();
  const label = `role="img" aria-labelledby="${id}-name ${id}-text"`;
  const head = `<title id="${id}-name">${escaped(name)}</title><desc id="${id}-text">${escaped(description)}</desc>`;
  return svg.replace(
    /^<svg [^>]*?width="([\d.]+)" height="([\d.]+)"[^>]*>/,
    (_all, width, height) => `<svg ${label} viewBox="0 0 ${width} ${height}" width="${width}">${head}`,
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
