/** A canvas as sharp as the screen, cleared. Sizes are CSS pixels. */
export function cleared(
  canvas: HTMLCanvasElement,
): { paint: CanvasRenderingContext2D; width: number; height: number } | undefined {
  const paint = canvas.getContext('2d');
  const { clientWidth: width, clientHeight: height } = canvas;
  if (paint === null || width === 0) return undefined;
  const scale = devicePixelRatio;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  paint.setTransform(scale, 0, 0, scale, 0, 0);
  paint.clearRect(0, 0, width, height);
  return { paint, width, height };
}

let colors = new Map<string, string>();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => (colors = new Map()));

/** A colour of the style: `success`. */
export function color(name: string): string {
  const known = colors.get(name);
  if (known !== undefined) return known;
  const value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  colors.set(name, value);
  return value;
}
