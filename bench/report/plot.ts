import type { MetricResult, ScenarioResult } from '../results.ts';
import { significant, spread } from './figure.ts';

const width = 820;
const margin = 20;
const labelWidth = 190;
const valueWidth = 170;
const barsLeft = margin + labelWidth;
const barsWidth = width - barsLeft - valueWidth - margin;
const titleHeight = 44;
const panelTitleHeight = 38;
const rowHeight = 26;
const panelGap = 14;
const barHeight = 16;
const whiskerHeight = 8;

const colours = {
  background: '#ffffff',
  text: '#1f2328',
  faint: '#59636e',
  line: '#d1d9e0',
  rival: '#a9b4c0',
  ours: '#0969da',
};

/** A scenario as bars, a panel for each metric. It has a background of its own, for pages in light and in dark. */
export function plot(scenario: ScenarioResult): string {
  const panels = panelsOf(scenario);
  let top = titleHeight;
  const drawn = panels.map((panel) => {
    const here = top;
    top += panelHeight(panel) + panelGap;
    return drawPanel(panel, here);
  });
  const height = top + margin - panelGap;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="14">`,
    `<title>${escape(scenario.title)}</title>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${colours.background}" stroke="${colours.line}"/>`,
    text(margin, 30, scenario.title, { size: 18, weight: 600 }),
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

interface Bar {
  readonly label: string;
  readonly isOurs: boolean;
  readonly figures: MetricResult;
}

interface Panel {
  readonly heading: string;
  readonly bars: readonly Bar[];
}

function panelsOf({ subjects }: ScenarioResult): readonly Panel[] {
  const all = subjects.flatMap(({ name, isOurs, metrics }) =>
    metrics.map((figures): Bar => ({ label: name, isOurs, figures })),
  );
  return [...Map.groupBy(all, ({ figures }) => figures.metric)].map(([metric, bars]) => {
    const [first] = bars;
    return { heading: `${metric}, ${first?.figures.unit} (${first?.figures.better} is better)`, bars };
  });
}

function panelHeight({ bars }: Panel): number {
  return panelTitleHeight + bars.length * rowHeight;
}

function drawPanel({ heading, bars }: Panel, top: number): string {
  const most = Math.max(...bars.map(({ figures }) => figures.most));
  const scale = most > 0 ? barsWidth / most : 0;
  const base = top + panelTitleHeight;
  const bottom = base + bars.length * rowHeight;
  return [
    text(margin, top + 22, heading, { weight: 600 }),
    ...bars.map((bar, index) => drawBar(bar, base + index * rowHeight, scale)),
    line(barsLeft, base - 4, barsLeft, bottom, colours.faint),
  ].join('\n');
}

function drawBar({ label, isOurs, figures }: Bar, top: number, scale: number): string {
  const middle = top + rowHeight / 2;
  const [least, median, most] = [figures.least, figures.median, figures.most].map((value) => value * scale) as [
    number,
    number,
    number,
  ];
  const weight = isOurs ? 600 : 400;
  const [from, to] = [barsLeft + least, barsLeft + most];
  const whisker = [
    line(from, middle, to, middle, colours.text),
    ...[from, to].map((x) => line(x, middle - whiskerHeight / 2, x, middle + whiskerHeight / 2, colours.text)),
  ];
  return [
    text(barsLeft - 8, middle + 5, label, { anchor: 'end', weight }),
    `<rect x="${barsLeft}" y="${middle - barHeight / 2}" width="${round(median)}" height="${barHeight}" fill="${isOurs ? colours.ours : colours.rival}"/>`,
    ...(figures.values.length > 1 ? whisker : []),
    text(width - margin, middle + 5, `${significant(figures.median)} (${spread(figures)})`, { anchor: 'end', weight }),
  ].join('\n');
}

interface TextStyle {
  readonly size?: number;
  readonly weight?: number;
  readonly anchor?: 'end';
}

function text(x: number, y: number, words: string, { size, weight, anchor }: TextStyle = {}): string {
  const attributes = [
    `x="${x}" y="${y}" fill="${colours.text}"`,
    ...(size === undefined ? [] : [`font-size="${size}"`]),
    ...(weight === undefined ? [] : [`font-weight="${weight}"`]),
    ...(anchor === undefined ? [] : [`text-anchor="${anchor}"`]),
  ];
  return `<text ${attributes.join(' ')}>${escape(words)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${colour}"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
