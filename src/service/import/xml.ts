import { SaxesParser } from 'saxes';
import { printable } from '../../core/index.ts';
import { ImportError } from './import-error.ts';

/** Bounds of a document: real ones are far below. */
const MAX_DEPTH = 32;
const MAX_ELEMENTS = 2_000_000;

/** An element of an XML document, without namespaces and comments. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** All text directly in it, without outer blanks. */
  readonly text: string;
}

interface OpenElement extends Element {
  readonly children: Element[];
  text: string;
}

/**
 * The root of an XML document. A document with a type declaration is refused, so that no entity is ever defined, and nothing is
 * ever loaded or expanded. @throws ImportError with the line
 */
export function parseXml(text: string): Element {
  const parser = new SaxesParser();
  const open: OpenElement[] = [];
  let root: OpenElement | undefined;
  let elements = 0;
  const refuse = (message: string): never => {
    throw new ImportError(message, parser.line);
  };
  parser.on('error', (error) => refuse(`it is not XML: ${printable(error.message)}`));
  parser.on('doctype', () => refuse('a document with a type declaration (DOCTYPE) is not read'));
  parser.on('opentag', ({ name, attributes }) => {
    elements += 1;
    if (open.length >= MAX_DEPTH || elements > MAX_ELEMENTS) refuse('it is nested too deeply, or too large');
    const element: OpenElement = {
      name,
      attributes: Object.assign(Object.create(null), attributes),
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (text: string) => {
    const element = open.at(-1);
    if (element) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element) element.text = element.text.trim();
  });
  parser.write(text).close();
  return root ?? refuse('it has no element');
}

export function childrenNamed({ children }: Element, name: string): readonly Element[] {
  return children.filter((child) => child.name === name);
}

export function childNamed(element: Element | undefined, name: string): Element | undefined {
  return element?.children.find((child) => child.name === name);
}
