import { printable } from '../../core/index.ts';
import { formatBytes } from '../quantity.ts';
import { fitted } from './columns.ts';

/** How far a transfer is. */
export interface ProgressView {
  readonly name: string;
  /** Bytes that are there, those of an earlier try included. */
  readonly bytes: number;
  readonly total: number | undefined;
  readonly bytesPerSecond: number | undefined;
}

/** What is known of a transfer that is over. */
export interface DoneView {
  readonly name: string;
  /** Bytes that were moved. */
  readonly bytes: number;
  readonly durationMs: number;
  /** What was compared, for people. */
  readonly note?: string;
}

/** One line for a terminal that is so many columns wide. It never fills the last column, which would wrap. */
export function progressLine(view: ProgressView, columns: number): string {
  const facts = [
    percent(view).padStart(4),
    formatBytes(view.bytes).padStart(10),
    speed(view.bytesPerSecond).padStart(12),
    timeLeft(view).padStart(8),
  ].join(' ');
  const room = columns - 1 - facts.length - 1;
  if (room < MIN_NAME) return fitted(facts.trimStart(), columns - 1).trimEnd();
  const barWidth = room >= MIN_NAME + BAR + 3 ? BAR : 0;
  const name = fitted(printable(view.name), room - (barWidth === 0 ? 0 : barWidth + 3));
  return `${name} ${barWidth === 0 ? '' : `${bar(view, barWidth)} `}${facts}`;
}

/** The same for a log. */
export function progressSentence(view: ProgressView): string {
  const { name, bytes, total, bytesPerSecond } = view;
  const facts = [
    total === undefined ? formatBytes(bytes) : `${percent(view)} of ${formatBytes(total)}`,
    speed(bytesPerSecond),
    timeLeft(view),
  ];
  return `${printable(name)}: ${facts.filter((fact) => fact !== '').join(', ')}`;
}

/** What is said when it is over. */
export function doneSentence({ name, bytes, durationMs, note }: DoneView): string {
  const facts = [
    `${formatBytes(bytes)} in ${duration(durationMs)}`,
    ...(durationMs >= 100 ? [speed((bytes / durationMs) * 1000)] : []),
    ...(note === undefined ? [] : [note]),
  ];
  return `${printable(name)}: ${facts.join(', ')}`;
}

const MIN_NAME = 12;
const BAR = 20;

function bar({ bytes, total }: ProgressView, width: number): string {
  const filled = total === undefined || total === 0 ? 0 : Math.min(width, Math.floor((bytes / total) * width));
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}]`;
}

/** 100% is said only when all is there. */
function percent({ bytes, total }: ProgressView): string {
  if (total === undefined) return '';
  return total === 0 ? '100%' : `${Math.min(100, Math.floor((bytes / total) * 100))}%`;
}

function speed(bytesPerSecond: number | undefined): string {
  return bytesPerSecond === undefined ? '' : `${formatBytes(Math.round(bytesPerSecond))}/s`;
}

function timeLeft({ bytes, total, bytesPerSecond }: ProgressView): string {
  if (total === undefined || bytesPerSecond === undefined || bytes >= total) return '';
  return bytesPerSecond < 1 ? 'stalled' : `${clock((total - bytes) / bytesPerSecond)} left`;
}

function duration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : clock(ms / 1000);
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole >= 360_000) return '>99h';
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}
