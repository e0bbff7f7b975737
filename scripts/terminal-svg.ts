export interface TerminalLine {
  readonly kind: 'command' | 'output';
  readonly text: string;
}

const MARGIN = 18;
const BAR_HEIGHT = 30;
const LINE_HEIGHT = 19;
/** Of one character, in pixels, at the size below, in the monospaced fonts that browsers take. */
const CHARACTER_WIDTH = 7.83;
const FONT = `font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace" font-size="13"`;

const COLOURS = { background: '#0d1117', bar: '#21262d', output: '#c9d1d9', command: '#ffffff', prompt: '#3fb950' };

/** The lines as a terminal window in SVG. It has a background of its own, for pages in light and in dark. */
export function drawTerminal(lines: readonly TerminalLine[]): string {
  const columns = Math.max(...lines.map(({ kind, text }) => text.length + (kind === 'command' ? 2 : 0)));
  const width = Math.ceil(columns * CHARACTER_WIDTH) + 2 * MARGIN;
  const height = BAR_HEIGHT + lines.length * LINE_HEIGHT + 2 * MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" ${FONT}>`,
    '<title>A file is put, listed, synchronised and fetched with the lockport command</title>',
    `<rect width="${width}" height="${height}" rx="8" fill="${COLOURS.background}"/>`,
    `<path d="M0 ${BAR_HEIGHT}V8a8 8 0 0 1 8-8H${width - 8}a8 8 0 0 1 8 8V${BAR_HEIGHT}z" fill="${COLOURS.bar}"/>`,
    ...['#ff5f57', '#febc2e', '#28c840'].map(
      (colour, place) => `<circle cx="${MARGIN + place * 20}" cy="${BAR_HEIGHT / 2}" r="6" fill="${colour}"/>`,
    ),
    ...lines.map((line, place) => drawLine(line, BAR_HEIGHT + MARGIN + (place + 0.7) * LINE_HEIGHT)),
    '</svg>',
    '',
  ].join('\n');
}

function drawLine({ kind, text }: TerminalLine, y: number): string {
  const start = `<text x="${MARGIN}" y="${y.toFixed(1)}" xml:space="preserve"`;
  return kind === 'command'
    ? `${start} fill="${COLOURS.command}"><tspan fill="${COLOURS.prompt}">$</tspan> ${escaped(text)}</text>`
    : `${start} fill="${COLOURS.output}">${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
